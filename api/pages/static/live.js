// What the server says now: a pulse each second and each step of an order, through one SharedWorker where the browser has it.
export function listen(onMessage) {
  if (!("SharedWorker" in window)) return listenAlone(onMessage);
  const worker = new SharedWorker("/static/live-worker.js", { name: "workmoot-live" });
  worker.port.onmessage = (event) => onMessage(event.data);
  worker.port.start();
  window.addEventListener("pagehide", () => worker.port.postMessage("bye"));
}

function listenAlone(onMessage) {
  const source = new EventSource("/api/v1/events?from=now");
  source.addEventListener("pulse", (event) => onMessage({ type: "pulse", pulse: JSON.parse(event.data) }));
  source.addEventListener("override", (event) => onMessage({ type: "override", step: JSON.parse(event.data) }));
  source.addEventListener("error", () => onMessage({ type: "silent" }));
}
