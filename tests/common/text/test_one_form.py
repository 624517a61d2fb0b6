"""Spellings of one sound have one scoring form; different words have different ones."""

from __future__ import annotations

from itertools import combinations

import pytest

from stages.common.text.normalizer import normalize, scoring_form

# All texts of a line are the same words.
SAME = [
    # Acronyms in any case, with or without full stops.
    ("PTSD", "ptsd", "P.T.S.D.", "p.t.s.d.", "Ptsd"),
    ("PHQ-9", "phq9", "PHQ9", "phq-9", "phq 9", "P.H.Q. nine"),
    ("my GP and two SSRIs", "my gp and two ssris"),
    ("GAD-7 and C-PTSD", "gad7 and cptsd"),
    ("the DSH team", "the dsh team"),
    ("the US", "the us", "the U.S."),
    ("A GP's letter", "a gp's letter"),
    # Hesitations and backchannels.
    ("Mhm.", "Mm-hmm.", "mm hmm", "Mm-hm", "mmhm"),
    ("um, I think", "erm I think", "Umm, I think"),
    ("uh, well", "er, well", "Uhh well"),
    ("Hmm.", "Hm"),
    ("Uh-huh", "uh huh", "uhuh"),
    ("OK", "okay", "ok", "O.K."),
    ("yeah", "yeh"),
    # One word or two, and informal words.
    ("alright then", "all right then"),
    ("every day", "everyday"),
    ("I'm going to leave", "I'm gonna leave", "I am going to leave"),
    ("I want to go", "I wanna go"),
    ("I've got to go", "I have gotta go"),
    ("it's kind of sad", "it is kinda sad"),
    ("I don't know", "I dunno", "I do not know", "I dont know"),
    ("because I said so", "'cause I said so", "cause I said so", "cos I said so"),
    ("well-being", "wellbeing", "well being"),
    ("self-harm", "selfharm", "self harm"),
    ("an email", "an e-mail"),
    ("a na\u00efve fianc\u00e9e", "a naive fiancee", "a naive fiance\u0301e"),
    ("the caf\u00e9's menu", "the cafe's menu"),
    # Contractions.
    ("I'm", "I am", "Im"),
    ("can't", "cannot", "can not", "cant"),
    ("I won't", "I will not", "I wont"),
    ("we shan't", "we shall not"),
    ("they'll see", "they will see"),
    ("we're here", "we are here"),
    ("I've seen it", "I have seen it"),
    ("they'd've come", "they would have come"),
    ("shouldn't've", "should not have", "shouldn't have"),
    ("let's go", "let us go"),
    # "'s" and "'d" before words that tell what they are.
    ("it's cold", "it is cold"),
    ("it's been hard", "it has been hard"),
    ("she's got a cold", "she has got a cold"),
    ("he's never had one", "he has never had one"),
    ("she's forgotten me", "she has forgotten me"),
    ("that's told me a lot", "that has told me a lot"),
    ("she's tired", "she is tired"),
    ("he's hurt me", "he has hurt me"),
    ("it's caused by stress", "it is caused by stress"),
    ("I'd cut myself if", "I would cut myself if"),
    ("he's very drained", "he is very drained"),
    ("there's a way", "there is a way"),
    ("what's happened", "what has happened"),
    ("where's he put it", "where has he put it"),
    ("how's your week been?", "how has your week been?"),
    ("what's the thing you've been doing", "what is the thing you have been doing"),
    ("nothing's wrong", "nothing is wrong"),
    ("I'd like that", "I would like that"),
    ("I'd been there", "I had been there"),
    ("I'd never seen her", "I had never seen her"),
    ("we'd better stop", "we had better stop"),
    ("you'd be surprised", "you would be surprised"),
    ("I'd no idea", "I had no idea"),
    ("he'd rather not", "he would rather not"),
    ("it'd help", "it would help"),
    ("the week's been bad", "the week has been bad"),
    ("my mother's not well", "my mother is not well"),
    ("my mum's drinking again", "my mum is drinking again"),
    ("everyone's left", "everyone has left"),
    ("my dad's gone", "my dad is gone", "my dad has gone"),
    ("how'd it go", "how did it go"),
    ("we should've", "we shoulda", "we should have"),
    ("bipolar ii", "bipolar II"),
    # Both long forms are possible: neither is an error against the short one.
    ("he's gone", "he is gone", "he has gone"),
    ("it's finally stopped", "it is finally stopped", "it has finally stopped"),
    ("they'd put it off", "they had put it off", "they would put it off"),
    # British and American.
    ("counselling", "counseling"),
    ("my mum's mummy", "my mom's mommy"),
    ("I realised", "I realized"),
    ("catastrophising", "catastrophizing"),
    ("my counsellor's behaviour", "my counselor's behavior"),
    ("judgemental", "judgmental"),
    ("a grey centre", "a gray center"),
    # Numbers.
    ("6 AM", "six am", "6 a.m.", "six a.m.", "6am"),
    ("3:05", "three oh five"),
    ("105", "one hundred and five", "a hundred and five", "one hundred five"),
    ("0.5 mg", "point five milligrams", "zero point five mg", ".5mg"),
    ("2000", "two thousand"),
    ("50%", "fifty per cent", "fifty percent"),
    ("a 999 call", "a nine nine nine call"),
    ("wait 20s", "wait twenty seconds", "wait 20 s"),
    ("fifty mg and two hrs", "50 milligrams and 2 hours"),
    ("one mg", "1 milligram"),
    ("10ml", "ten milliliters", "ten millilitres"),
]  # fmt: skip

# No two texts of a line are the same words: a model that writes one for another misheard.
APART = [
    ("I can go", "I can't go"),
    ("I do", "I don't"),
    ("I will", "I won't"),
    ("he is", "he isn't", "he was"),
    ("no", "know"),
    ("not", "note"),
    ("were", "we're", "where"),
    ("its", "it's"),
    ("their", "they're", "there"),
    ("your", "you're"),
    ("whose", "who's"),
    ("lets", "let's"),
    ("of", "have"),
    ("would of", "would have"),
    ("id", "I'd"),
    ("ill", "I'll"),
    ("well", "we'll"),
    ("shell", "she'll"),
    ("hell", "he'll"),
    ("wed", "we'd"),
    ("he is a doctor", "he has a doctor"),
    ("she is better", "she has better"),
    ("I had a dog", "I would a dog"),
    ("I had liked it", "I would like it"),
    ("I had cut myself", "I would cut myself"),
    ("I had hurt her", "I would hurt her"),
    ("she is hurt", "she has hurt"),
    ("he is abused", "he has abused"),
    ("the cause of it", "the because of it"),
    ("what would cause it", "what would because it"),
    ("um", "uh", "mm", "hmm", "mm hmm", "uh huh", "uh uh", "no"),
    ("yes", "yeah", "yep"),
    ("fifteen", "fifty"),
    ("5 mg", "0.5 mg", "50 mg"),
    ("105", "150", "1005"),
    ("two hundred and five", "two hundred and fifty"),
    ("in my 20s", "in my 20 s"),
    ("the US", "me"),
    ("I am", "am"),
    ("mother's", "mothers"),
    ("counsellor", "councillor"),
    ("advice", "advise"),
    ("affect", "effect"),
    ("hurt", "heard"),
    ("abused", "amused"),
    ("self-harm", "self"),
    ("without", "with"),
    ("never", "ever"),
    ("any", "many"),
    ("PTSD", "CPTSD", "PTS"),
    ("prize", "prise"),
    ("promise", "premise"),
    ("rise", "rice", "raise"),
    ("then", "than"),
    ("quiet", "quite"),
    ("suicide", "suicidal"),
]  # fmt: skip


@pytest.mark.parametrize("texts", SAME, ids=lambda texts: texts[0])
def test_one_form(texts: tuple[str, ...]) -> None:
    assert {scoring_form(text) for text in texts} == {scoring_form(texts[0])}
    assert scoring_form(texts[0])


@pytest.mark.parametrize(
    "pair", [pair for texts in APART for pair in combinations(texts, 2)], ids="-".join
)
def test_apart(pair: tuple[str, str]) -> None:
    assert scoring_form(pair[0]) != scoring_form(pair[1])


FORMS = [
    ("I can't, he's gone and they'd been OK", "i can not he is gone and they had been okay"),
    ("Mhm, erm, the PTSD's worse", "mm hmm um the p t s d's worse"),
    ("At 6 AM I realised it's 0.5%", "at six am i realized it is point five per cent"),
    ("my mother's house isn't my mum's", "my mother's house is not my mom's"),
    ("Sunrise, exercise and promises", "sunrise exercise and promises"),
    ("th- that str- strong", "th that str strong"),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_the_form_worked_by_hand(text: str, form: str) -> None:
    assert scoring_form(text) == form


LABELS = [
    ("Erm, I can't.", "erm i can't"),
    ("Gonna be OK, mum", "gonna be okay mum"),
    ("I realised it's everyday", "i realised it's everyday"),
    ("ptsd at six am", "ptsd at six am"),
    ("one hundred and five", "one hundred and five"),
]


@pytest.mark.parametrize(("text", "label"), LABELS)
def test_labels_keep_the_words_that_the_team_typed(text: str, label: str) -> None:
    """The merges are for scoring alone."""
    assert normalize(text, "spoken") == label
