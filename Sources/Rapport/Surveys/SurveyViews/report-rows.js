// A link to a statement opens its line; one button opens or closes all lines.
const rows = () => [...document.querySelectorAll(".item-row details.item")];

function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const row = /^item-\d+$/.test(name) ? document.getElementById(name)?.querySelector("details.item") : null;
  if (!row) return;
  row.open = true;
  row.querySelector("summary").focus({ preventScroll: true });
}

function toggling(button) {
  const openLabel = button.textContent;
  button.addEventListener("click", () => {
    const isOpening = rows().some(row => !row.open);
    for (const row of rows()) row.open = isOpening;
    button.textContent = isOpening ? button.dataset.closeLabel : openLabel;
  });
}

for (const button of document.querySelectorAll("[data-open-rows]")) toggling(button);
addEventListener("hashchange", openNamed);
openNamed();
