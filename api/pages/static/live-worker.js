// One stream for all tabs of a browser: a plain EventSource in each tab blocks the seventh.
const ports = new Set();
let last = null;

const AGAIN_MS = 2000;
const post = (message) => { for (const port of ports) port.postMessage(message); };
const tell = (message) => { last = message; post(message); };

function connect() {
  const source = new EventSource("/api/v1/events?from=now");
  source.addEventListener("pulse", (event) => tell({ type: "pulse", pulse: JSON.parse(event.data) }));
  source.addEventListener("override", (event) => post({ type: "override", step: JSON.parse(event.data) }));
  source.addEventListener("error", () => {
    post({ type: "silent" });
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
  });
}

connect();

self.onconnect = (event) => {
  const [port] = event.ports;
  ports.add(port);
  port.onmessage = (message) => { if (message.data === "bye") ports.delete(port); };
  if (last) port.postMessage(last);
};
