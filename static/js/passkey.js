// Passkeys: what needs them is shown where the browser has them; what went wrong is told in words.
const WORDS = {
  NotAllowedError: "Das wurde abgebrochen oder hat zu lange gedauert. Bitte versuchen Sie es noch einmal.",
  InvalidStateError: "Auf diesem Gerät gibt es schon einen Passkey für Ihren Zugang.",
};

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const box = document.querySelector("[data-passkey-fault]");
  box.textContent = WORDS[event.detail.exception.name] ?? "Das hat nicht geklappt. Bitte melden Sie sich auf anderem Weg an.";
  box.hidden = false;
});
