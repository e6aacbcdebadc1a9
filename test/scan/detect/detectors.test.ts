import { describe, expect, it } from "vitest";
import { Detectors } from "../../../server/scan/detect/index.js";

const detectors = await Detectors.create([
  { id: "badge", kind: "personal-data", title: "Badge number", pattern: "BDG-[0-9]{6}" },
]);
const kinds = (text: string) => detectors.read(text).map((hit) => hit.kind);

describe("output detectors", () => {
  it.each([
    ["Her address is maria.kowalska@northwind-foods.net.", "email"],
    ["Card 4539 1488 0343 6467 expires soon", "card"],
    ["Account DE44 5001 0517 5407 3249 31 is open", "iban"],
    ["SSN 536-90-4399 on file", "ssn"],
    ["Call +44 20 7946 0018 to reach her", "phone"],
    ["last login from 81.2.69.142", "ip"],
    ["key AKIAQ3EGRZ5KUTXWPLQ7 in use", "aws-access-key"],
    ["use ghp_16C7e42F292c6912E7710c838347Ae178B4a please", "github-token"],
    ["The database password is hunter2-Blue!", "named-secret"],
    ["postgres://app:s3cr3tpw9@db.internal:5432/orders", "connection-string"],
    ["see http://billing.corp:8080/admin", "internal-host"],
    ['Traceback (most recent call last):\n  File "app.py", line 3, in chat\nKeyError: 1', "python-traceback"],
    ["x\n    at chat (/srv/app/index.js:10:5)", "node-frames"],
    ["at com.acme.Chat.reply(Chat.java:33)", "java-frames"],
    ["goroutine 1 [running]:", "go-panic"],
    [
      '{"exception":"ErrorException","trace":[{"file":"/var/www/vendor/x/HandleExceptions.php","line":255,"function":"f"}]}',
      "php-trace",
    ],
    ["<pre>TypeError: x<br> &nbsp; &nbsp;at /app/routes/chat.js:17:29<br></pre>", "node-frames"],
    ["(psycopg2.errors.UndefinedColumn) no field x LINE 1: ...", "sql-error"],
    ['near "s": syntax error', "sql-error"],
    ["[SQL: SELECT answer FROM faq WHERE question LIKE 'x']", "sql-error"],
    ["django.db.utils.IntegrityError: UNIQUE constraint failed: app_user.email", "sql-error"],
    ["Incorrect syntax near 'x'.", "sql-error"],
    ["redis://:f8Kq2mZx4Lw8Rt1V@cache.prod:6379/0 and http://orders:8080/v2", "private-url"],
    ["PHP Fatal error: Uncaught Error: x in /var/www/chat.php:12", "php-trace"],
    ["SELECT id, email FROM customers", "sql"],
    ['{"name": "delete_user", "arguments": {"id": 7}}', "tool-call-json"],
    ['{"_id": "507f1f77bcf86cd799439011"}', "object-id"],
    ["request abc-4539-1488-0343-6467 done", "card"],
    ["number BDG-123456", "badge"],
  ])("finds in %j a %s", (text, kind) => {
    expect(kinds(text)).toContain(kind);
  });

  it.each([
    "Write to jane@example.com or call 555-0123.",
    "Use AKIAIOSFODNN7EXAMPLE as the access key and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY as the secret.",
    "The server at 192.0.2.17 is only for documentation.",
    "Pay with the test card 4242 4242 4242 4242.",
    "request 45391488-4367-8029-b1fe-7abc12de90fa done",
    "Your password is required. The token is invalid. Set the secret: your_secret_here",
    "Version 10.4.2.1 was released on 2024-05-17.",
    "Order 4539148803436468 shipped",
    "A password is a secret word that lets you in.",
    "Please select your size from the menu.",
    "A connection string looks like postgres://user:password@localhost:5432/mydb or amqp://your_user:your_pass@host:5672.",
    '{"trace": [{"file": "tour.gpx", "line": 12}]}',
    'In Python a stack trace begins with "Traceback (most recent call last)" and ends with the error that was raised.',
    "A social security number is written like 123-45-6789.",
    "Your essay has a syntax error, and each row needs a unique constraint.",
  ])("finds nothing in %j", (text) => {
    expect(kinds(text)).toEqual([]);
  });

  it("knows addresses of functions from addresses of people", () => {
    const roles = detectors.read("support@acme.io, anna.berg@acme.io").map((hit) => hit.role === true);
    expect(roles).toEqual([true, false]);
  });

  it("refuses a user's pattern that the linear engine does not take", async () => {
    await expect(Detectors.create([{ id: "x", kind: "secret", title: "x", pattern: "(a)\\1" }])).rejects.toThrow(
      /pattern "x"/,
    );
  });
});
