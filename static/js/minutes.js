// Writing while people talk. Without this script the buttons do the same.
// <button data-key="Enter">: Ctrl and this key press the button. [data-keys] tells about it.

// The text gets the cursor, behind what stands there already, unless a summary of errors wants the focus.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-keys]").forEach((hint) => {
    hint.hidden = !matchMedia("(hover: hover)").matches;
  });
  const text = document.getElementById("id_text");
  if (!text || document.querySelector("[autofocus]")) return;
  text.addEventListener("focus", () => text.setSelectionRange(text.value.length, text.value.length), { once: true });
  if (!location.hash) text.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.repeat) return;
  const button = document.querySelector(`[data-key="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A spare row that a rescued draft has filled is shown.
document.addEventListener("focusin", () => {
  document.querySelectorAll(".ak-spare:not([open]) textarea").forEach((text) => {
    if (text.value) text.closest("details").open = true;
  });
});

// A row that somebody opens wants to be filled.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".ak-spare[open]") && target.contains(document.activeElement)) target.querySelector("select").focus();
}, true);
