// Put into the review page by bench/review.py: latencies of keys, and what is heard after a seek.

window.probe = {
  latency: null, // ms from the last key to the end of the frame that shows its effect
  shown: null, // ms from the last key to the page's spoken answer
  saved: null, // ms from the last key until the server had all on its disk
};

addEventListener('keydown', (event) => {
  Object.assign(window.probe, { latency: null, shown: null, saved: null, pressed: event.timeStamp });
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      window.probe.latency = performance.now() - event.timeStamp;
    };
    port2.postMessage(0);
  });
}, { capture: true });

addEventListener('DOMContentLoaded', () => {
  const watch = (id, act) => {
    const node = document.getElementById(id);
    if (node) new MutationObserver(() => act(node)).observe(node, { childList: true, characterData: true, subtree: true });
  };
  const since = () => performance.now() - window.probe.pressed;
  watch('told', () => {
    window.probe.shown ??= since();
  });
  watch('saved', (node) => {
    if (node.textContent === 'saved') window.probe.saved = since();
  });
});

// The first 0.1 s that are heard when a segment is played, at 16 kHz.
window.probe.hear = async (row) => {
  const audio = document.getElementById('audio');
  const { probe } = window;
  const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
  if (!probe.context) {
    probe.context = new AudioContext({ sampleRate: 16000 });
    const tap = probe.context.createScriptProcessor(1024, 1, 1);
    tap.onaudioprocess = (event) => {
      const samples = event.inputBuffer.getChannelData(0);
      probe.quiet = samples.some((sample) => sample !== 0) ? 0 : probe.quiet + 1;
      probe.heard.push(...samples);
    };
    probe.context.createMediaElementSource(audio).connect(tap);
    tap.connect(probe.context.destination);
  }
  const seeked = new Promise((resolve) => audio.addEventListener('seeked', resolve, { once: true }));
  document.querySelectorAll('.cue .time')[row].click();
  await seeked;
  Object.assign(probe, { heard: [], quiet: 0 });
  while (probe.quiet < 4) await wait(); // what was played before is over
  probe.heard = [];
  await audio.play();
  let first = -1;
  while (first < 0 || probe.heard.length < first + 1600) {
    await wait();
    first = probe.heard.findIndex((sample) => sample !== 0);
  }
  audio.pause();
  return probe.heard.slice(first, first + 1600);
};
