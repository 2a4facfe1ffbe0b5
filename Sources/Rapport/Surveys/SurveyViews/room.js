// A round in the room: the clock runs down, one word comes when everybody has sent, and at the close the report.
const room = document.querySelector("[data-room]");
const clock = room.querySelector("[data-clock]");
// Counted from what the server said: this machine's clock may be wrong, or be put right meanwhile.
const end = performance.now() + Number(clock.dataset.clock) * 1000;

function show() {
  const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
  clock.firstElementChild.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function ask() {
  const response = await fetch(room.dataset.room, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const { state } = await response.json();
  // The server knows where the page leads now: to the report, or back to a round that was withdrawn.
  if (state === "closed") location.replace(room.dataset.page);
  else room.dataset.state = state;
}

show();
setInterval(show, 1000);
setInterval(ask, 2000);
