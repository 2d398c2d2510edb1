// The public API, as everybody else uses it.
export async function ask(path, options = {}) {
  const response = await fetch(path, options);
  const body = await response.json();
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

export function give(order, { dryRun }) {
  return ask(`/api/v1/overrides${dryRun ? "?dry_run=true" : ""}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(order),
  });
}
