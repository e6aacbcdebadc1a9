import { describe, expect, it } from "vitest";
import { credentialHeaderOf, isCredentialHeader } from "../../server/scan/credential-header.js";
import { Redactor } from "../../server/scan/transport/redact.js";

describe("a header that proves who sends a request", () => {
  it.each([
    "Authorization",
    "proxy-authorization",
    "Cookie",
    "X-API-Key",
    "apikey",
    "api_key",
    "X-Auth-Token",
    "x-team-key",
    "Ocp-Apim-Subscription-Key",
    "X-Amz-Security-Token",
    "X-Secret",
  ])("is %s", (name) => {
    expect(isCredentialHeader(name)).toBe(true);
    expect(new Redactor([]).headers({ [name]: "value" })).toEqual({ [name]: "[redacted]" });
  });

  it.each([
    "X-Tenant",
    "Content-Type",
    "X-Author",
    "WWW-Authenticate",
    "Idempotency-Key",
    "X-CSRF-Token",
    "X-Token-Usage",
    "Keep-Alive",
    "X-Monkey",
    "Sec-WebSocket-Key",
  ])("is not %s", (name) => {
    expect(isCredentialHeader(name)).toBe(false);
  });

  it("is named, whatever else there is", () => {
    expect(credentialHeaderOf({ "X-Tenant": "7", cookie: "a=b" })).toBe("cookie");
    expect(credentialHeaderOf({ "X-Tenant": "7" })).toBeNull();
  });
});
