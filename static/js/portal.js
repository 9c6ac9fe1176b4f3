// What makes the portal pleasant. Without this script everything works by ordinary forms and links.
let leaving = false; // on purpose, by a form or a reload
let forgetting = false; // by signing out
const isPage = (xhr) => /^\s*(<!doctype|<html)/i.test(xhr.responseText);

// Messages: one place for what the network or the server refuses.
const fault = (text) => {
  const box = document.getElementById("stoerung");
  if (!box) return;
  box.querySelector("p").textContent = text;
  box.hidden = !text;
  if (text) box.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:beforeRequest", () => fault(""));
document.addEventListener("htmx:sendError", ({ detail }) =>
  fault(detail.elt.dataset.fault
    ?? "Keine Verbindung zum Portal. Ihr Text steht noch im Formular. Bitte versuchen Sie es gleich noch einmal."));
document.addEventListener("htmx:responseError", ({ detail }) =>
  fault(detail.elt.dataset.fault ?? (detail.xhr.status === 403
    ? "Das wurde nicht angenommen. Bitte sichern Sie Ihren Text, laden Sie die Seite neu und versuchen Sie es noch einmal."
    : "Das hat nicht geklappt. Ihr Text steht noch im Formular. Bitte versuchen Sie es gleich noch einmal.")));

// A whole page instead of a part: the session is over. Reload; the sign-in leads back here, the draft is kept.
// What asks by itself (data-fault) asks again when the server has failed.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, xhr } = event.detail;
  if (!isPage(xhr) || (elt.dataset.fault && xhr.status >= 500)) return;
  event.detail.shouldSwap = false;
  leaving = true;
  location.reload();
});

// Focus goes to what a swap brought: the summary of errors, else what is marked as new.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.detail.target.id) || event.detail.target;
  const goal = part.querySelector(".ak-error-summary") || part.querySelector(".ak-comment--new, [data-focus]");
  if (!goal) return;
  goal.setAttribute("tabindex", "-1");
  goal.focus();
});

// Drafts: <form data-draft="entry-4711" data-version="3"> keeps what is typed on this device until the server has it.
// data-unsaved, or a summary of errors in the form, says that the server has not. A [data-draft-status] tells the state.
const PREFIX = "entwurf:";
const KEEP_DAYS = 30;
const TYPED = "textarea, select, input:not([type]), input[type=text], input[type=time], input[type=date]";
const timers = new WeakMap();
const shelf = (() => {
  try {
    return window.localStorage;
  } catch {
    return null; // closed by the browser's settings: the warning on leaving still holds
  }
})();

const keyOf = (form) => `${PREFIX}${document.body.dataset.person}:${form.dataset.draft}`;
const same = (a, b) => a.replace(/\r\n/g, "\n").trim() === b.replace(/\r\n/g, "\n").trim();
const fields = (form) => [...form.elements].filter((field) => field.name && field.matches(TYPED));
const original = (field) =>
  field.options ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value : field.defaultValue;
const isRefused = (form) => "unsaved" in form.dataset || form.querySelector(".ak-error-summary") !== null;
const isDirty = (form) => isRefused(form) || fields(form).some((field) => !same(field.value, original(field) ?? ""));
const draftForms = () => [...document.querySelectorAll("form[data-draft]")];
const forget = (form) => shelf?.removeItem(keyOf(form));

const read = (form) => {
  try {
    return JSON.parse(shelf?.getItem(keyOf(form)) ?? null);
  } catch {
    return null;
  }
};

const store = (form) => {
  const dirty = isDirty(form);
  const status = form.querySelector("[data-draft-status]");
  if (status) status.textContent = dirty ? "Noch nicht gespeichert. Ein Entwurf liegt auf diesem Gerät." : "";
  if (!dirty) return forget(form);
  const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  try {
    shelf?.setItem(keyOf(form), JSON.stringify({ at: Date.now(), version: form.dataset.version, values }));
  } catch {
    if (status) status.textContent = "Noch nicht gespeichert.";
  }
};

const offer = (form, draft) => {
  const box = document.getElementById("entwurf").content.firstElementChild.cloneNode(true);
  const [day, late] = box.querySelectorAll("[data-when], [data-late]");
  const [take, drop] = box.querySelectorAll("button");
  const when = new Intl.DateTimeFormat("de-DE", { dateStyle: "long", timeStyle: "short" });
  day.textContent = when.format(draft.at);
  late.hidden = draft.version === form.dataset.version;
  const done = () => {
    box.remove();
    store(form);
    fields(form)[0].focus();
  };
  drop.addEventListener("click", done);
  take.addEventListener("click", () => {
    fields(form).forEach((field) => {
      field.value = draft.values[field.name] ?? field.value;
    });
    done();
  });
  form.prepend(box);
};

// What the server shows is saved; only what differs from it is offered back.
const rescue = (form) => {
  if (form.dataset.seen || isRefused(form)) return;
  form.dataset.seen = "yes";
  const draft = read(form);
  const isOld = draft && Date.now() - draft.at > KEEP_DAYS * 864e5;
  const isSaved = draft && fields(form).every((field) => same(draft.values[field.name] ?? field.value, field.value));
  if (draft && !isOld && !isSaved) offer(form, draft);
  else forget(form);
};

const rescueAll = () => draftForms().forEach(rescue);
document.addEventListener("DOMContentLoaded", rescueAll);
document.addEventListener("htmx:afterSettle", rescueAll);

document.addEventListener("input", (event) => {
  const form = event.target.form;
  forgetting = false;
  if (!form?.dataset.draft) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(store, 300, form));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  forgetting = "forgetDrafts" in form.dataset;
  if (forgetting) {
    Object.keys(shelf ?? {}).filter((key) => key.startsWith(PREFIX)).forEach((key) => shelf.removeItem(key));
  } else {
    draftForms().filter(isDirty).forEach(store);
    leaving = !form.dataset.hxPost;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig.elt; // also when the answer has taken its place
  const { status } = event.detail.xhr;
  if (!form.dataset.draft || status < 200 || status > 299 || isPage(event.detail.xhr)) return;
  clearTimeout(timers.get(form));
  forget(form);
});

addEventListener("pageshow", () => {
  leaving = false;
});

addEventListener("beforeunload", (event) => {
  const dirty = leaving ? [] : draftForms().filter(isDirty);
  if (!forgetting) dirty.forEach(store);
  if (dirty.length) event.preventDefault();
});
