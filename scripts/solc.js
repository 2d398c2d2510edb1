// The Solidity compiler of npm's `solc` package behind the two calls that py-solc-x, brownie and forge make of a native solc:
// `--version` and `--standard-json`. Unlike solcjs it prints the JSON and nothing else.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const ROOT = path.resolve(__dirname, "..");

/** The values given for a repeatable option such as `--include-path DIR`. */
function valuesOf(option, words) {
  return words.flatMap((word, at) => (word === option && at + 1 < words.length ? [words[at + 1]] : []));
}

/** Finds an imported file as native solc does: as it is, then under the base path and each include path, then in the project. */
function importFrom(folders) {
  return (name) => {
    const found = folders.map((folder) => path.resolve(folder, name)).find((file) => fs.existsSync(file));
    return found ? { contents: fs.readFileSync(found, "utf8") } : { error: `File not found: ${name}` };
  };
}

/** Takes a second or more to load, and is not for who asks for nothing that it does. */
const compiler = () => require("solc");

const words = process.argv.slice(2);
if (words.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${compiler().version()}\n`);
} else if (words.includes("--standard-json")) {
  const folders = [".", ...valuesOf("--base-path", words), ...valuesOf("--include-path", words), ROOT];
  process.stdout.write(compiler().compile(fs.readFileSync(0, "utf8"), { import: importFrom(folders) }) + "\n");
} else {
  process.stderr.write("solc.js answers --version and --standard-json only\n");
  process.exitCode = 1;
}
