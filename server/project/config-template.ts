/** The settings file that `spillcheck init` writes: every setting, explained, and switched off. */
import { repositoryUrl } from "../analysis/rule-meta.js";

export const configTemplate = `# yaml-language-server: $schema=${repositoryUrl}/raw/main/docs/schema/spillcheck-config.schema.json
# Settings of SpillCheck. They count for this folder and all below it, up to the next .spillcheck.yaml;
# settings files are not merged. Take the # away to switch a setting on.

# Which rules run: recommended (all but the hints) or strict (all).
preset: recommended

# Level of single rules: error, warning, info, hint or off.
# levels:
#   raw-llm-output: error
#   debug-enabled: off

# Files and folders to leave out, written as in a .gitignore file. What git ignores is left out already.
# exclude:
#   - tests/
#   - "*_pb2.py"

# Further field names that hold personal data or secrets.
# sensitive_fields:
#   - patient_code
#   - loyalty_number

# Chat model that quick fixes put in the place of a completion-only model.
# chat_model: gpt-4o-mini

# What your own libraries and functions do, in the language of the built-in models (docs/adding-a-model.md).
# models:
#   - name: our LLM gateway
#     modules: [acme_llm]
#     calls:
#       - call: acme_llm.Client.ask
#         llm: { input: [0, question], system: [1, rules] }
#         source: llm

# Rules of your own: data from these sources must not reach those sinks (docs/own-rules.md). Try them with spillcheck test.
# rules:
#   - id: customer-to-partner
#     message: A customer's record goes to the partner.
#     level: error
#     sources:
#       - call: shop.crm.load_customer
#     sinks:
#       - call: shop.partner.Client.send
#         args: [1, payload]
#     sanitisers:
#       - call: shop.privacy.pseudonymise

# Earlier result (spillcheck check --format json); what it holds is not reported again.
# baseline: .spillcheck-baseline.json

# The running endpoint, for spillcheck scan. Secrets never stand here: they come from SPILLCHECK_SECRET.
# scan:
#   url: http://127.0.0.1:5000/chat
#   body_template: '{"message": "{{prompt}}"}'
#   reply_path: $.reply
#   auth: bearer
#   depth: quick
#   threshold: 80

# Earlier scans are kept in a folder of your user account (see spillcheck history): so many of an endpoint, for so long.
# history:
#   scans: 100
#   days: 365
`;
