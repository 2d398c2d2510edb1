// The order dialog: what, why, until when; what it displaces; then, and only then, send.
import { ask, askAll, give, preview } from "/static/api.js";
import { signOrder } from "/static/wallet.js";

const byId = (id) => document.getElementById(id);
const WORDS = {
  assign: "Assign to a named worker", hold: "Hold", release: "Release to the standing decision", cancel: "Cancel the task",
  accept: "Accept the result", rework: "Set aside for rework", requeue: "Put back to the posted tasks",
  veto: "Veto", approve: "Approve now", suspend: "Suspend the worker", reinstate: "Reinstate the worker",
  drain: "Drain: it takes nothing new", quarantine: "Quarantine: it stops, too", lift: "Lift", answer: "Answer",
};
const LASTS = new Set(["assign", "hold", "approve", "veto", "drain", "quarantine"]);
const MAY_BE_OPEN = new Set(["hold", "quarantine"]);
const CODES = ["QUALITY", "SAFETY", "MAINTENANCE", "URGENT", "CAPACITY", "MATERIAL", "CUSTOMER", "TEST", "OTHER"];

let subject = null;
let turn = 0;
let timer = 0;
let seen = null;
let key = null;
let pending = null;
let given = null;
let stands = null;
const taken = new Map();
const STEPS = ["submitted", "mined", "acknowledged", "effective"];

export function start(say) {
  byId("order-code").replaceChildren(...CODES.map((code) => option(code, code.toLowerCase())));
  document.addEventListener("click", (event) => open(event.target.closest("[data-order-type]")));
  document.addEventListener("keydown", (event) => {
    const target = event.target.closest?.("g[data-order-type]");
    if (target && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(target); }
  });
  byId("order-cancel").addEventListener("click", () => byId("order-dialog").close());
  byId("order-form").addEventListener("input", change);
  byId("order-form").addEventListener("submit", (event) => { event.preventDefault(); send(say); });
}

async function open(button) {
  if (!button) return;
  const { orderType: type, orderId: id, orderTitle: title, orderKinds: kinds, orderStatus: status } = button.dataset;
  subject = { type, id: id === "" ? null : id };
  stands = status;
  byId("order-form").reset();
  byId("order-title").textContent = title;
  byId("order-about").textContent = type === "plant" ? "the whole plant" : `${type} ${id}${status ? `, ${status}` : ""}`;
  byId("answer-fields").replaceChildren();
  byId("order-kind").replaceChildren(...kinds.split(" ").map((kind) => option(kind, WORDS[kind])));
  byId("kind-field").hidden = kinds.split(" ").length === 1;
  byId("order-steps").hidden = true;
  given = null;
  show("Say why, and this shows what the order displaces before anything is sent.", { soft: true });
  byId("order-send").disabled = true;
  fit();
  byId("order-dialog").showModal();
  byId("order-text").focus();
}

function option(value, label) { return Object.assign(document.createElement("option"), { value, textContent: label }); }

function fit() {
  const kind = byId("order-kind").value;
  byId("worker-field").hidden = kind !== "assign";
  byId("until-field").hidden = !LASTS.has(kind);
  byId("until-released").hidden = !MAY_BE_OPEN.has(kind);
  const until = byId("order-form").elements.until;
  if (MAY_BE_OPEN.has(kind)) { if (!byId("order-form").dataset.chosen) until.value = "0"; } else if (until.value === "0") until.value = "300";
  byId("second-field").hidden = kind !== "assign" || byId("order-worker").selectedOptions[0]?.dataset.capable !== "no";
  if (kind === "assign" && byId("order-worker").options.length === 0) listWorkers();
  byId("answer-fields").hidden = kind !== "answer";
  if (kind === "answer" && byId("answer-fields").childElementCount === 0) listFields();
}

// A question's form, filled with its default.
async function listFields() {
  const asked = subject.id;
  byId("answer-fields").replaceChildren(Object.assign(document.createElement("p"), { textContent: "The form comes …" }));
  try {
    const question = await ask(`/api/v1/questions/${asked}`);
    if (subject.id !== asked) return;
    byId("answer-fields").replaceChildren(...question.fields.map((field) => fieldOf(field, question.default[field.name])));
    change();
  } catch (error) {
    if (subject.id !== asked) return;
    byId("answer-fields").replaceChildren();
    show(`The form does not come: ${error.message} What you type next asks for it again.`, { refused: true });
  }
}

function fieldOf(field, value) {
  const id = `answer-${field.name}`;
  const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: field.name });
  const input = document.createElement(field.type === "choice" ? "select" : "input");
  if (field.type === "choice") input.append(...field.options.map((name) => option(name, name)));
  if (field.type === "number") Object.assign(input, { type: "number", min: field.least, max: field.most, step: 1 });
  if (field.type === "text") Object.assign(input, { maxLength: field.most, autocomplete: "off" });
  Object.assign(input, { id, value });
  input.dataset.answer = field.name;
  input.dataset.type = field.type;
  const hint = Object.assign(document.createElement("p"), { className: "hint", textContent: field.right });
  const block = document.createElement("div");
  block.className = "field";
  block.append(label, input, hint);
  return block;
}

function answerFields() { return [...byId("answer-fields").querySelectorAll("[data-answer]")]; }

function isNoNumber(input) { return input.dataset.type === "number" && input.value === ""; }

function answered() {
  return Object.fromEntries(answerFields().map((input) => [input.dataset.answer, input.dataset.type === "number" ? Number(input.value) : input.value]));
}

async function listWorkers() {
  const [workers, task] = await Promise.all([askAll("/api/v1/workers?kind=digital"), ask(`/api/v1/tasks/${subject.id}`)]);
  const active = workers.filter((worker) => worker.standing === "active");
  const capable = (worker) => worker.capabilities.includes(task.capability);
  active.sort((a, b) => capable(b) - capable(a));
  byId("order-worker").replaceChildren(...active.map((worker) => {
    const now = task.worker?.number === worker.number ? " (has it now)" : "";
    const choice = option(worker.number, `${worker.name}${capable(worker) ? "" : " – lacks the capability"}${now}`);
    choice.dataset.capable = capable(worker) ? "yes" : "no";
    return choice;
  }));
  change();
}

function order() {
  const form = byId("order-form").elements;
  const kind = form.kind.value;
  const lasts = LASTS.has(kind) ? Number(form.until.value) : 300;
  const payload = kind === "lift" ? { kind: stands } : kind === "answer" ? { answer: answered() } : {};
  if (kind === "assign") {
    payload.worker = Number(form.worker.value);
    if (!byId("second-field").hidden) payload.second_reason = form.second_reason.value;
  }
  return {
    kind, subject, payload, reason: { code: form.code.value, text: form.text.value },
    expires_at: lasts && kind !== "answer" ? new Date(Date.now() + lasts * 1000).toISOString() : null,
  };
}

function change(event) {
  if (event?.target.name === "kind") { byId("order-worker").replaceChildren(); }
  byId("order-form").dataset.chosen = event?.target.name === "until" ? "yes" : "";
  fit();
  byId("order-send").disabled = true;
  clearTimeout(timer);
  turn += 1;
  const empty = answerFields().find(isNoNumber);
  if (empty) show(`${empty.dataset.answer} is no number yet.`, { soft: true });
  if (byId("order-text").value.trim() && isFilled(byId("order-kind").value)) timer = setTimeout(foresee, 350);
}

function isFilled(kind) {
  if (kind === "answer") return answerFields().length > 0 && !answerFields().some(isNoNumber);
  return kind !== "assign" || Boolean(byId("order-worker").value);
}

async function foresee() {
  const mine = ++turn;
  try {
    const asked = order();
    const found = await preview(asked);
    if (mine !== turn) return;
    [seen, key, pending] = [{ ...found, asked }, crypto.randomUUID(), null];
    const forecast = [`Forecast (${seen.forecast.method}): ${seen.forecast.says}`, ...seen.forecast.assumes];
    show(seen.displaces.what, { notes: [...forecast, seen.displaces.returns, ...seen.warnings.map((word) => `▲ ${word}`), ...filled(seen.filled), { mono: `digest ${seen.digest}` }] });
    byId("order-send").disabled = false;
  } catch (error) {
    if (mine === turn) show(error.message, { refused: true });
  }
}

// Who signed in signs with the wallet exactly what was shown; else a development key signs at the API.
async function signed() {
  if (!byId("me")) return order();
  return { ...seen.asked, order: seen.order, signature: await signOrder(seen.typed_data, seen.order.human) };
}

const NAMES = { start_s: "start", duration_s: "takes" };

function filled(values) {
  return Object.entries(values).map(([name, { shown, from }]) => {
    const words = Array.isArray(shown) ? shown.join(", ") || "none" : shown;
    return `${NAMES[name] ?? name}: ${words} (${from})`;
  });
}

// Whether the API may have given it all the same.
function isOpen(problem) {
  return !problem || problem.status >= 500 || problem.type === "/problems/request-in-flight";
}

async function send(say) {
  if (byId("order-send").disabled) return;
  byId("order-send").disabled = true;
  try {
    const wanted = (pending ??= await signed());
    step("submitted …");
    given = await give(wanted, seen, key);
    follow(taken.get(given.digest) ?? given);
    say(`${WORDS[given.kind]}: ${given.state}`);
  } catch (error) {
    if (pending && isOpen(error.problem)) {
      step("? no answer: it may have been given. Send again asks for the very same.", false);
      byId("order-send").disabled = false;
      return;
    }
    step("✕ not sent", false);
    show(error.message, { refused: true });
    say(error.message);
    if (error.problem?.current) show("It changed since you looked. This is how it is now:", { notes: [error.problem.current.displaces.what, "Change or confirm your words to look again."] });
  }
}

// A step that an order took, as the stream tells it: it may come before the answer of who gave it.
export function follow(step) {
  taken.set(step.digest, step);
  if (step.digest !== given?.digest) return;
  given = { ...given, ...step, floor: step.times.effective ? null : given.floor };
  tell();
}

function tell() {
  const { times } = given;
  step(STEPS.map((name) => `${times[name] ? "✓" : "…"} ${name}`).join("   "), Boolean(times.effective));
  const first = given.next_step ?? `Override ${given.id ?? "(anchoring)"} is ${given.state}.`;
  const floor = given.floor ? [`▲ ${given.floor}`] : [];
  show(first, { notes: [...floor, `Displaced: ${given.displaced.what}`, given.displaced.returns, ...given.warnings.map((word) => `▲ ${word}`)] });
}

function step(words, reached = false) {
  byId("order-steps").hidden = false;
  byId("order-steps").textContent = words;
  byId("order-steps").classList.toggle("reached", reached);
}

function show(words, { notes = [], refused = false, soft = false } = {}) {
  const first = Object.assign(document.createElement("p"), { textContent: words, className: soft ? "soft" : "" });
  const list = document.createElement("ul");
  list.append(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note.mono ?? note, className: note.mono ? "mono" : "" })));
  byId("order-preview").replaceChildren(first, ...(notes.length ? [list] : []));
  byId("order-preview").classList.toggle("refused", refused);
}
