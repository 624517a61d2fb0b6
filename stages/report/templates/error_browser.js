const buttons = document.querySelectorAll("button");
const clips = [...document.querySelectorAll("article")];

// group: "" shows all clips.
function show(group) {
  for (const button of buttons) {
    button.setAttribute("aria-pressed", button.dataset.group === group);
  }
  for (const clip of clips) {
    clip.hidden = group !== "" && !clip.dataset.groups.split(",").includes(group);
  }
  const visible = clips.filter((clip) => !clip.hidden).length;
  document.querySelector("[role=status]").textContent = `Showing ${visible} of ${clips.length} clips.`;
}

for (const button of buttons) {
  button.addEventListener("click", () => show(button.dataset.group));
}
show("");
