from openai import OpenAI

client = OpenAI(api_key="sk-proj-9fK2mQ7vXw4Rt8Lp3Zb6Nc1Hd5Js0Gy")  # expect: hardcoded-credential
