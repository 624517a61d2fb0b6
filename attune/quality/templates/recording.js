const audio = document.querySelector("audio");
const selection = document.querySelector("#selection");
let stop = Infinity;
let selected = null;

audio.addEventListener("timeupdate", () => {
  if (audio.currentTime >= stop) audio.pause();
});

function play(part) {
  const start = Number(part.dataset.start);
  audio.currentTime = start;
  stop = Math.max(Number(part.dataset.end), start + 1);
  // The recording may have been moved.
  audio.play().catch(() => {});
}

function select(box) {
  selected?.classList.remove("selected");
  selected = box;
  box.classList.add("selected");
  const description = document.createElement("small");
  const text = document.createElement("p");
  description.textContent = box.dataset.description;
  text.textContent = box.dataset.text;
  text.dir = "auto";
  selection.replaceChildren(description, text);
  play(box);
}

document.addEventListener("click", ({ target }) => {
  if (target.matches("rect")) select(target);
  if (target.matches("button")) play(target);
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches("rect") && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    select(event.target);
  }
});
// `make bench-page` reads the milliseconds from the start of the navigation to this line.
document.documentElement.dataset.drawn = Math.round(performance.now());
