// The browser's wallet (EIP-1193): who it is, and its signatures. Ganache signs with eth_sign alone.
const NO_SUCH_METHOD = -32601;

async function ask(method, params = []) {
  if (!window.ethereum) throw new Error("There is no wallet in this browser.");
  return window.ethereum.request({ method, params });
}

export async function account() { return (await ask("eth_requestAccounts"))[0]; }

export async function signText(text, signer) {
  const content = "0x" + Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    return withRecovery(await ask("personal_sign", [content, signer]));
  } catch (error) {
    const unknown = error.code === NO_SUCH_METHOD || /not (supported|found|available)|unsupported|does not exist/i.test(error.message ?? "");
    if (!unknown) throw error;
    return withRecovery(await ask("eth_sign", [signer, content]));
  }
}

export async function signOrder(typedData, signer) {
  return withRecovery(await ask("eth_signTypedData_v4", [signer, JSON.stringify(typedData)]));
}

// Some nodes end a signature in 0 or 1 where wallets say 27 or 28.
function withRecovery(signature) { return signature.length === 132 ? signature.replace(/00$/, "1b").replace(/01$/, "1c") : signature; }
