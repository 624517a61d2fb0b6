"""The two pages of the stage `report`: one for a reviewer, without a word of a session, and one for
the person who may read and hear the sessions."""
