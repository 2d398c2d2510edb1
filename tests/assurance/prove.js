// solc's model checker on one contract: `{root, sources, contract: [file, name], solver, seconds}` in,
// `{said, answers}` out: its own words and the solver's.
"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const task = JSON.parse(fs.readFileSync(0, "utf8"));
const solc = require(path.join(task.root, "node_modules", "solc"));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "proof-"));
const answers = [];
// z3 finds an invariant by one way in seconds that it seeks by another for hours; each answer is as good.
const WAYS = [["fp.spacer.order_children=1"], [], ["fp.spacer.order_children=2"], ["fp.spacer.weak_abs=false"]];

function readImport(name) {
  return { contents: task.sources[name] ?? fs.readFileSync(path.join(task.root, name), "utf8") };
}

function solve(query) {
  const file = path.join(folder, "query.smt2");
  fs.writeFileSync(file, query);
  let said = "";
  for (const way of WAYS) {
    const words = ["-smt2", `-T:${task.seconds}`, ...way, file];
    said = spawnSync(task.solver, words, { encoding: "utf8", maxBuffer: 1 << 28 }).stdout;
    if (/^(un)?sat/.test(said)) break;
  }
  answers.push(said.split("\n")[0]);
  return { contents: said };
}

const [file, name] = task.contract;
const modelChecker = {
  engine: "chc",
  targets: ["assert"],
  solvers: ["smtlib2"],
  showProvedSafe: true,
  showUnproved: true,
  contracts: { [file]: [name] },
};
const input = {
  language: "Solidity",
  sources: Object.fromEntries(Object.entries(task.sources).map(([key, content]) => [key, { content }])),
  settings: { evmVersion: "shanghai", remappings: ["contracts/=contracts/"], modelChecker, outputSelection: {} },
};
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport, smtSolver: solve }));
fs.rmSync(folder, { recursive: true });
const said = (output.errors ?? []).map((error) => error.formattedMessage);
process.stdout.write(JSON.stringify({ said, answers }));
