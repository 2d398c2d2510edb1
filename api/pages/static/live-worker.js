// One stream for all tabs of a browser: a plain EventSource in each tab blocks the seventh.
const ports = new Set();
let last = null;

const source = new EventSource("/api/v1/events?from=now");
const tell = (message) => { last = message; for (const port of ports) port.postMessage(message); };
source.addEventListener("pulse", (event) => tell({ type: "pulse", pulse: JSON.parse(event.data) }));
source.addEventListener("error", () => { for (const port of ports) port.postMessage({ type: "silent" }); });

self.onconnect = (event) => {
  const [port] = event.ports;
  ports.add(port);
  port.onmessage = (message) => { if (message.data === "bye") ports.delete(port); };
  if (last) port.postMessage(last);
};
