// Signing in with a wallet (EIP-1193): asks for the account, shows the text, has it signed, opens the page.
import { post } from "/static/api.js";

const NO_SUCH_METHOD = -32601;
const byId = (id) => document.getElementById(id);
const wallet = () => window.ethereum;

function say(words) { byId("said").textContent = words; }

function hex(text) { return "0x" + Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join(""); }

async function signed(message, account) {
  const content = hex(message);
  try {
    return await wallet().request({ method: "personal_sign", params: [content, account] });
  } catch (error) {
    const unknown = error.code === NO_SUCH_METHOD || /not (supported|found|available)|unsupported|does not exist/i.test(error.message ?? "");
    if (!unknown) throw error;
    return wallet().request({ method: "eth_sign", params: [account, content] });
  }
}

// Some nodes end a signature in 0 or 1 where wallets say 27 or 28.
function withRecovery(signature) { return signature.length === 132 ? signature.replace(/00$/, "1b").replace(/01$/, "1c") : signature; }

async function signIn() {
  if (!wallet()) { say("There is no wallet in this browser."); return; }
  byId("sign-in").disabled = true;
  try {
    say("Waiting for the wallet …");
    const [account] = await wallet().request({ method: "eth_requestAccounts" });
    const { message } = await post("/api/v1/auth/nonce", { account });
    byId("message").textContent = message;
    await post("/api/v1/auth/sign-in", { message, signature: withRecovery(await signed(message, account)) });
    location.assign("/");
  } catch (error) {
    say(error.message ?? "The wallet said no.");
  } finally {
    byId("sign-in").disabled = false;
  }
}

byId("sign-in").addEventListener("click", signIn);
