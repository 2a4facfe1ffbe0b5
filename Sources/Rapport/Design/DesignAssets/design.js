// Small behaviours every page may have. A page works before this runs, and without it.
document.documentElement.classList.add("scripted");

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const copying = target?.closest("[data-copy]");
  if (copying) await copy(copying);
  if (target?.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

/** Copies the value or text of the element that `data-copy` names; the button then says so for two seconds. */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const text = "value" in source ? source.value : source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission (or outside https) the text is at least selected, ready for the keyboard.
    if ("select" in source) source.select();
    else window.getSelection()?.selectAllChildren(source);
    return;
  }
  const said = button.textContent;
  if (!button.dataset.copied || said === button.dataset.copied) return;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = said; }, 2000);
}

// Times are shown in the reader's zone once a form has carried it to the server.
for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// A link to something folded unfolds it.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const folded = target && (target.closest("details") ?? target.querySelector("details"));
  if (folded) folded.open = true;
}
window.addEventListener("hashchange", unfold);
unfold();
