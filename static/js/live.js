// The running meeting: looks every few seconds what has changed, and moves on by key. Without this script, reload.
const EVERY = 4000; // milliseconds; a bit more by chance, so that a full room does not ask all at once
const FIELDS = "input, textarea, select, [contenteditable]";

const part = () => document.querySelector("#live[data-live]");
const look = () => {
  if (!document.hidden && part()) htmx.trigger(part(), "look");
};
const goOn = () => {
  look();
  setTimeout(goOn, EVERY + Math.random() * 1000);
};
setTimeout(goOn, EVERY);
document.addEventListener("visibilitychange", look);

const tell = () => document.querySelectorAll("[data-live-hint]").forEach((hint) => {
  hint.hidden = !matchMedia("(hover: hover)").matches;
});
tell();
document.addEventListener("htmx:afterSettle", tell);

document.addEventListener("keydown", (event) => {
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat);
  const button = document.querySelector(`[data-live-key="${CSS.escape(event.key)}"]`);
  if (!isPlain || !button || event.target.closest(FIELDS)) return;
  event.preventDefault();
  button.click();
});
