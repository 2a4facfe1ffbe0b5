// The talk on a projector: arrow keys go back and on, what others write appears, a clock only if asked for.
const stage = document.querySelector("[data-talk]");
const isWriting = () => document.activeElement?.matches("input, textarea, select");

document.addEventListener("keydown", (event) => {
  if (isWriting() || event.altKey || event.ctrlKey || event.metaKey) return;
  const way = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
  if (way) stage.querySelector(`a[rel=${way}]`)?.click();
});

/** Takes over what the server shows now, but for what somebody here has opened or is writing in. */
async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const here of stage.querySelectorAll("[data-live]")) {
    const there = fresh.querySelector(`[data-live="${here.dataset.live}"]`);
    if (!there || here.querySelector("details[open]") || here.contains(document.activeElement)) continue;
    if (here.textContent !== there.textContent) here.replaceChildren(...there.childNodes);
  }
}
setInterval(refresh, 4000);

const clock = stage.querySelector("[data-clock]");
clock?.addEventListener("click", () => {
  const began = Date.now();
  const show = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}, { once: true });
