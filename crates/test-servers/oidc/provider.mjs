// A provider made by others, for tests: whoever comes is somebody as soon as they say who. Standard
// input is its life; its first line of output is its issuer. Its arguments: its only client, the port to
// listen on (0: any), and the name of the key with which it signs, which is new each time.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [client, port, kid] = [JSON.parse(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
const server = createServer();
server.listen(port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client],
    acrValues: ["two-factors"],
    claims: { openid: ["sub", "acr", "amr"] },
    enabledJWA: {
      idTokenSigningAlgValues: ["ES256", "RS256", "PS256", "EdDSA"],
      clientAuthSigningAlgValues: ["EdDSA", "ES256"],
    },
    jwks: { keys: [{ ...key, kid, use: "sig", alg: "EdDSA" }] },
    features: { devInteractions: { enabled: false } },
    pkce: { methods: ["S256"], required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client.clientId,
        accountId: context.oidc.session.accountId,
      });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
    interactions: { url: (_, { uid }) => `/who/${uid}` },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/who/")) return answer(request, response);
    if (request.method !== "POST") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      return response.end(
        `<h1>Who are you?</h1><form method="post"><input name="sub" aria-label="sub"><input name="amr" value="pwd otp" aria-label="amr"><button>sign in</button></form>`,
      );
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const entered = new URLSearchParams(body);
    const login = { accountId: entered.get("sub"), acr: "two-factors", amr: entered.get("amr").split(" ") };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  });
  console.log(issuer);
});
process.stdin.on("end", () => process.exit(0)).resume();
