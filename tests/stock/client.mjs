// A client that knows the standards and nothing of Workmoot: ERC-165, ERC-721, ERC-4824, ERC-5192, ERC-5267, ERC-5805, ERC-6372, and the
// reads, events and ballots of OpenZeppelin's IGovernor. Its fragments are written from those texts, not from our ABIs.
//
//   VOTER_KEY=0x… RELAY_KEY=0x… node client.mjs RPC_URL DAO_ADDRESS
//
// It reads the DAO, signs a yes on the first open proposal that the voter may still vote on and has the relay send it, casts a no on
// the second, reads again, and prints everything as one JSON object. Without VOTER_KEY it reads only.

import { Contract, Interface, JsonRpcProvider, Wallet, isError } from "ethers";

const GOVERNOR = new Interface([
  "event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)",
  "event ProposalExecuted(uint256 proposalId)",
  "event ProposalCanceled(uint256 proposalId)",
  "event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason)",
  "function name() view returns (string)",
  "function version() view returns (string)",
  "function COUNTING_MODE() view returns (string)",
  "function state(uint256 proposalId) view returns (uint8)",
  "function proposalThreshold() view returns (uint256)",
  "function proposalSnapshot(uint256 proposalId) view returns (uint256)",
  "function proposalDeadline(uint256 proposalId) view returns (uint256)",
  "function proposalProposer(uint256 proposalId) view returns (address)",
  "function proposalEta(uint256 proposalId) view returns (uint256)",
  "function proposalNeedsQueuing(uint256 proposalId) view returns (bool)",
  "function proposalVotes(uint256 proposalId) view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)",
  "function latestProposalId() view returns (uint256)",
  "function votingDelay() view returns (uint256)",
  "function votingPeriod() view returns (uint256)",
  "function quorum(uint256 timepoint) view returns (uint256)",
  "function getVotes(address account, uint256 timepoint) view returns (uint256)",
  "function hasVoted(uint256 proposalId, address account) view returns (bool)",
  "function nonces(address owner) view returns (uint256)",
  "function token() view returns (address)",
  "function castVote(uint256 proposalId, uint8 support) returns (uint256)",
  "function castVoteBySig(uint256 proposalId, uint8 support, address voter, bytes signature) returns (uint256)",
]);
const ERC165 = new Interface(["function supportsInterface(bytes4 interfaceId) view returns (bool)"]);
const ERC4824 = new Interface(["function daoURI() view returns (string)"]);
const ERC5267 = new Interface([
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
]);
const ERC6372 = new Interface([
  "function clock() view returns (uint48)",
  "function CLOCK_MODE() view returns (string)",
]);
const VOTES = new Interface([
  "function getVotes(address account) view returns (uint256)",
  "function getPastVotes(address account, uint256 timepoint) view returns (uint256)",
  "function getPastTotalSupply(uint256 timepoint) view returns (uint256)",
  "function delegates(address account) view returns (address)",
  "function delegate(address delegatee)",
  "function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s)",
]);
const ERC721 = new Interface([
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "function balanceOf(address owner) view returns (uint256)",
  "function ownerOf(uint256 tokenId) view returns (address)",
  "function transferFrom(address from, address to, uint256 tokenId)",
]);
const ERC5192 = new Interface([
  "event Locked(uint256 tokenId)",
  "function locked(uint256 tokenId) view returns (bool)",
]);

const STATES = ["Pending", "Active", "Canceled", "Defeated", "Succeeded", "Queued", "Expired", "Executed"];
const [AGAINST, FOR] = [0, 1];
const DOMAIN_FIELDS = ["name", "version", "chainId", "verifyingContract", "salt"];
const BALLOT = {
  Ballot: [
    { name: "proposalId", type: "uint256" },
    { name: "support", type: "uint8" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

/** What supportsInterface is asked for: the functions' selectors, xored as ERC-165 says. */
function interfaceId(...interfaces) {
  let bits = 0n;
  for (const known of interfaces) known.forEachFunction((fragment) => (bits ^= BigInt(fragment.selector)));
  return "0x" + bits.toString(16).padStart(8, "0");
}

const CLAIMS = {
  erc165: interfaceId(ERC165),
  erc721: "0x80ac58cd",
  erc721Metadata: "0x5b5e139f",
  erc4824: interfaceId(ERC4824),
  erc5192: interfaceId(ERC5192),
  erc5267: interfaceId(ERC5267),
  erc6372: interfaceId(ERC6372),
  votes: interfaceId(VOTES),
  nothing: "0xffffffff",
};

async function claims(address, provider) {
  const contract = new Contract(address, ERC165, provider);
  const asked = Object.entries(CLAIMS).map(async ([name, bits]) => [name, await contract.supportsInterface(bits)]);
  return Object.fromEntries(await Promise.all(asked));
}

async function clockOf(address, provider) {
  const contract = new Contract(address, ERC6372, provider);
  const mode = Object.fromEntries(new URLSearchParams(await contract.CLOCK_MODE()));
  return { now: await contract.clock(), ...mode };
}

async function rules(dao, provider) {
  const clock = await clockOf(dao.target, provider);
  return {
    name: await dao.name(),
    version: await dao.version(),
    daoURI: await new Contract(dao.target, ERC4824, provider).daoURI(),
    clock,
    counting: Object.fromEntries(new URLSearchParams(await dao.COUNTING_MODE())),
    votingDelay: await dao.votingDelay(),
    votingPeriod: await dao.votingPeriod(),
    proposalThreshold: await dao.proposalThreshold(),
    quorum: await dao.quorum(clock.now - 1n),
  };
}

/** ERC-5267: the domain holds those fields whose bit is set, and no others. */
async function domainOf(address, provider) {
  const told = await new Contract(address, ERC5267, provider).eip712Domain();
  if (told.extensions.length !== 0) throw new Error(`extensions this client does not know: ${told.extensions}`);
  const bits = Number(told.fields);
  const domain = Object.fromEntries(DOMAIN_FIELDS.filter((_, bit) => bits & (1 << bit)).map((name) => [name, told[name]]));
  return { fields: told.fields, domain };
}

/** Every event of a name, decoded, the oldest first. */
async function eventsOf(contract, name) {
  const logs = await contract.queryFilter(contract.filters[name](), 0, "latest");
  return logs.map((log) => log.args.toObject());
}

async function proposals(dao, voter) {
  const found = [];
  for (const created of await eventsOf(dao, "ProposalCreated")) {
    const number = created.proposalId;
    const snapshot = await dao.proposalSnapshot(number);
    const votes = await dao.proposalVotes(number);
    found.push({
      ...created,
      state: STATES[await dao.state(number)],
      snapshot,
      deadline: await dao.proposalDeadline(number),
      readProposer: await dao.proposalProposer(number),
      eta: await dao.proposalEta(number),
      needsQueuing: await dao.proposalNeedsQueuing(number),
      votes: { against: votes.againstVotes, for: votes.forVotes, abstain: votes.abstainVotes },
      quorum: await dao.quorum(snapshot),
      ...(voter && {
        voterVotes: await dao.getVotes(voter, snapshot),
        voterVoted: await dao.hasVoted(number, voter),
      }),
    });
  }
  return found;
}

/** Where the votes come from, found as one finds any Governor's token. */
async function electorate(dao, provider, voter) {
  const address = await dao.token();
  const votes = new Contract(address, VOTES, provider);
  const clock = await clockOf(address, provider);
  const past = clock.now - 1n;
  return {
    address,
    clock,
    claims: await claims(address, provider),
    pastTotalSupply: await votes.getPastTotalSupply(past),
    ...(voter && {
      votes: await votes.getVotes(voter),
      pastVotes: await votes.getPastVotes(voter, past),
      delegate: await votes.delegates(voter),
      delegation: await refusal(() => votes.delegate.staticCall(address, { from: voter })),
    }),
  };
}

/** The document that daoURI names, and those that it leads to: JSON where it is JSON, else text. */
async function described(uri) {
  const dao = await fetched(uri);
  const parts = Object.entries(dao).filter(([name]) => name.endsWith("URI"));
  const found = parts.map(async ([name, address]) => [name.slice(0, -3), await fetched(address)]);
  return { ...dao, ...Object.fromEntries(await Promise.all(found)) };
}

async function fetched(uri) {
  const answer = await fetch(uri);
  if (!answer.ok) throw new Error(`${uri}: ${answer.status}`);
  return answer.headers.get("content-type").includes("json") ? answer.json() : answer.text();
}

/** The badge: found by its transfers, locked, and refused to whoever is offered it. */
async function badge(address, provider, voter, other) {
  const tokens = new Contract(address, ERC721, provider);
  const soulbound = new Contract(address, ERC5192, provider);
  const [minted] = await tokens.queryFilter(tokens.filters.Transfer(null, voter), 0, "latest");
  const { tokenId } = minted.args;
  const locks = await eventsOf(soulbound, "Locked");
  return {
    tokenId,
    balance: await tokens.balanceOf(voter),
    owner: await tokens.ownerOf(tokenId),
    locked: await soulbound.locked(tokenId),
    lockTold: locks.some((lock) => lock.tokenId === tokenId),
    transfer: await refusal(() => tokens.transferFrom.staticCall(voter, other, tokenId, { from: voter })),
  };
}

/** The first four bytes of the error that a call is refused with; null where it is not. */
async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION")) throw error;
    return error.data?.slice(0, 10) ?? "";
  }
}

async function voteBySignature(dao, signingDomain, number, voter, relay) {
  const ballot = { proposalId: number, support: FOR, voter: voter.address, nonce: await dao.nonces(voter.address) };
  const signature = await voter.signTypedData(signingDomain, BALLOT, ballot);
  const sent = await dao.connect(relay).castVoteBySig(number, FOR, voter.address, signature);
  const again = () => dao.castVoteBySig.staticCall(number, FOR, voter.address, signature, { from: relay.address });
  return { ...(await castIn(dao, sent)), relay: relay.address, ballot, replay: (await sent.wait()) && (await refusal(again)) };
}

async function voteDirectly(dao, number, voter) {
  return castIn(dao, await dao.connect(voter).castVote(number, AGAINST));
}

/** The VoteCast of a transaction. */
async function castIn(dao, sent) {
  const receipt = await sent.wait();
  const told = receipt.logs.map((log) => dao.interface.parseLog(log)).find((event) => event?.name === "VoteCast");
  return { from: receipt.from, ...told.args.toObject() };
}

async function run(url, address, voterKey, relayKey) {
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  try {
    const voter = voterKey && new Wallet(voterKey, provider);
    const relay = relayKey && new Wallet(relayKey, provider);
    const dao = new Contract(address, GOVERNOR, provider);
    const { fields, domain } = await domainOf(address, provider);
    const before = await proposals(dao, voter?.address);
    const members = await electorate(dao, provider, voter?.address);
    const told = await rules(dao, provider);
    const report = {
      claims: await claims(address, provider),
      rules: told,
      ...(told.daoURI && { described: await described(told.daoURI) }),
      domain: { fields, ...domain },
      latestProposalId: await dao.latestProposalId(),
      proposals: before,
      electorate: members,
    };
    if (!voter) return { ...report, cast: await eventsOf(dao, "VoteCast") };
    const open = before.filter((found) => found.state === "Active" && found.voterVotes > 0n && !found.voterVoted);
    report.badge = await badge(members.address, provider, voter.address, relay.address);
    if (open[0]) report.signed = await voteBySignature(dao, domain, open[0].proposalId, voter, relay);
    if (open[1]) report.direct = await voteDirectly(dao, open[1].proposalId, voter);
    return { ...report, after: await proposals(dao, voter.address), cast: await eventsOf(dao, "VoteCast") };
  } finally {
    provider.destroy();
  }
}

const [url, address] = process.argv.slice(2);
const report = await run(url, address, process.env.VOTER_KEY, process.env.RELAY_KEY);
console.log(JSON.stringify(report, (_, value) => (typeof value === "bigint" ? Number(value) : value), 2));
