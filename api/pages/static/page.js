// Keeps the page live: asks for what changed, says so when it no longer can.
import { ask } from "/static/api.js";
import { listen } from "/static/live.js";
import { morph } from "/static/morph.js";
import { follow, start } from "/static/order.js";

const STALE_MS = 5000;
let beat = 0;
const PAUSE_MS = { floor: 900, board: 2000 };
const shown = { floor: null, board: null };
const busy = { floor: false, board: false };
let heard = Date.now();
let trouble = null;

async function refresh(name, version) {
  if (busy[name] || shown[name] === version || document.hidden) return;
  busy[name] = true;
  try {
    const response = await fetch(`/fragments/${name}`);
    if (response.status === 401) location.assign("/sign-in");
    if (!response.ok) return;
    const tree = document.createElement("template");
    tree.innerHTML = await response.text();
    for (const part of tree.content.children) morph(document.getElementById(part.id), part);
    shown[name] = version;
  } catch { /* the stale banner says that nobody answers */ } finally {
    setTimeout(() => { busy[name] = false; }, PAUSE_MS[name]);
  }
}

function hear(message) {
  if (message.type === "silent") refresh("floor", ++beat);
  if (message.type === "override") follow(message.step);
  if (message.type !== "pulse") return;
  const { pulse } = message;
  if (pulse.read_s_ago * 1000 < STALE_MS) heard = Date.now() - pulse.read_s_ago * 1000;
  trouble = pulse.trouble;
  refresh("floor", ++beat);
  refresh("board", pulse.board);
}

function watch() {
  const stale = Date.now() - heard > STALE_MS;
  const banner = document.getElementById("stale");
  if (stale === banner.hidden) {
    banner.hidden = !stale;
    document.body.classList.toggle("is-stale", stale);
    const since = new Date(heard).toLocaleTimeString("en-GB");
    banner.firstElementChild.textContent = stale ? `▲ STALE since ${since}: ${trouble ?? "the server does not answer"}` : "";
  }
}

async function signOut(event) {
  if (!event.target.closest("#sign-out")) return;
  await ask("/api/v1/auth/sign-out", { method: "POST" });
  location.assign("/sign-in");
}

function say(words) { document.getElementById("said").textContent = words; }

start(say);
listen(hear);
document.addEventListener("click", signOut);
setInterval(watch, 500);
