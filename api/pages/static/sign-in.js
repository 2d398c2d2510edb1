// Signing in: asks for the account, shows the text, has the wallet sign it, opens the page.
import { post } from "/static/api.js";
import { account, signText } from "/static/wallet.js";

const byId = (id) => document.getElementById(id);

function say(words) { byId("said").textContent = words; }

async function signIn() {
  byId("sign-in").disabled = true;
  try {
    say("Waiting for the wallet …");
    const signer = await account();
    const { message } = await post("/api/v1/auth/nonce", { account: signer });
    byId("message").textContent = message;
    await post("/api/v1/auth/sign-in", { message, signature: await signText(message, signer) });
    location.assign("/");
  } catch (error) {
    say(error.message ?? "The wallet said no.");
  } finally {
    byId("sign-in").disabled = false;
  }
}

byId("sign-in").addEventListener("click", signIn);
