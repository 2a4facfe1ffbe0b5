// Keeps what is typed in a form on this device until the server has taken it: a reload, a closed lid or a lost connection
// loses no word. A form says where with data-keep; without this module it works as any other.
for (const form of document.querySelectorAll("form[data-keep]")) keep(form);

function keep(form) {
  const place = `typed ${form.dataset.keep}`;
  const fields = [...form.querySelectorAll("textarea, input:not([type=hidden]), select")];
  // What the server shows again after a refusal is newer than what is kept.
  if (!form.querySelector("[aria-invalid]")) restore(place, fields);
  form.addEventListener("input", () => store(place, fields));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter, place);
  });
}

function restore(place, fields) {
  const kept = JSON.parse(localStorage.getItem(place) ?? "{}");
  for (const field of fields) {
    if (kept[field.name]) field.value = kept[field.name];
  }
}

function store(place, fields) {
  localStorage.setItem(place, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
}

/** Sends until the server answers: the form's id makes sure that what arrives twice counts once. */
async function send(form, submitter, place) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const status = form.querySelector("[data-kept]");
  for (let wait = 1; ; wait = Math.min(wait * 2, 15)) {
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      if (response.ok) localStorage.removeItem(place);
      if (response.redirected) return location.assign(response.url);
      // A refusal is a page of its own: sent again, the browser shows it.
      return HTMLFormElement.prototype.submit.call(form);
    } catch {
      if (status) status.hidden = false;
      await new Promise((resume) => setTimeout(resume, wait * 1000));
    }
  }
}
