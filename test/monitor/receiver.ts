/** A local receiver of web hooks. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Receiver {
  url: URL;
  received: Received[];
}

/** @param answers one for each request in turn, the last for all further ones; "drop" closes the connection */
export async function receiver(...answers: (Answer | "drop")[]): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const answer = answers[Math.min(received.length, answers.length - 1)] ?? { status: 200 };
      received.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
      if (answer === "drop") request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body ?? "ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  const { port } = address as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/hooks/T000/secret-path`), received };
}
