// solc, kept awake: a line `{sources, wanted: {file: [contract, …]}, optimize}` in, a line `{errors, contracts}` out.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const root = process.argv[2];
const solc = require(path.join(root, "node_modules", "solc"));
const OUTPUTS = ["evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"];
const read = new Map();

function readImport(name) {
  if (!read.has(name)) read.set(name, fs.readFileSync(path.join(root, name), "utf8"));
  return { contents: read.get(name) };
}

function compile({ sources, wanted, optimize }) {
  const selected = Object.entries(wanted).map(([file, names]) => [
    file,
    Object.fromEntries(names.map((name) => [name, OUTPUTS])),
  ]);
  const whole = Object.keys(wanted).map((file) => [file, sources[file] ?? readImport(file).contents]);
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...whole, ...Object.entries(sources)].map(([key, content]) => [key, { content }])),
    settings: {
      evmVersion: "shanghai",
      remappings: ["@openzeppelin/=node_modules/@openzeppelin/", "contracts/=contracts/"],
      optimizer: { enabled: optimize, runs: 200 },
      metadata: { appendCBOR: false, bytecodeHash: "none" },
      outputSelection: Object.fromEntries(selected),
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  return { errors: errors.map((error) => error.formattedMessage), contracts: output.contracts ?? {} };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(compile(JSON.parse(line))) + "\n");
});
