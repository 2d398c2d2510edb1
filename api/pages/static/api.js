// The public API, as everybody else uses it.
export async function ask(path, options = {}) {
  const response = await fetch(path, options);
  const body = response.status === 204 ? null : await response.json();
  if (!response.ok) throw Object.assign(new Error(body.detail ?? response.statusText), { problem: body });
  return body;
}

export function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export function give(order, { dryRun }) {
  return post(`/api/v1/overrides${dryRun ? "?dry_run=true" : ""}`, order);
}
