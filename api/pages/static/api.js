// The public API, as everybody else uses it.
export async function ask(path, options = {}) {
  const response = await fetch(path, options);
  const body = response.status === 204 ? null : await response.json();
  if (!response.ok) throw Object.assign(new Error(body.detail ?? response.statusText), { problem: body });
  return body;
}

// Every item of a list, however many pages it takes.
export async function askAll(path) {
  const items = [];
  let cursor = null;
  do {
    const page = await ask(cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}` : path);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

export function post(path, body, headers = {}) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
}

// Shows what an order would do; nothing is sent.
export function preview(order) {
  return post("/api/v1/overrides?dry_run=true", order);
}

// Gives an order if its subject is as the preview showed it. A hold acts whatever changed: who sees danger stops it.
export function give(order, seen, key) {
  return post("/api/v1/overrides", order, { "If-Match": order.kind === "hold" ? "*" : seen.etag, "Idempotency-Key": key });
}
