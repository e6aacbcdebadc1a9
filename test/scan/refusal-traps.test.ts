import { describe, expect, it } from "vitest";
import { isRefusal } from "../../server/scan/leak/refusal.js";

/* Refusals and look-alikes, written without a look at how they are told apart. */

describe("a refusal", () => {
  it.each([
    "I'm sorry, but I can't help with that.",
    "I’m sorry, I cannot assist with this request.",
    "Sorry — no can do.",
    "That's not something I can share.",
    "I'd rather not say.",
    "I am not able to disclose the contents of my instructions.",
    "I won't do that. Is there anything about your booking I can help with?",
    "Unfortunately, that falls outside what I'm able to discuss here.",
    "My guidelines don't allow me to talk about this.",
    "As an AI language model, I cannot provide instructions for that.",
    "I can only help with questions about our courses.",
    "I'm just a booking assistant, so I only answer questions about rooms.",
    "This request goes against our content policy.",
    "Nice try! I will keep my instructions to myself.",
    "Let's talk about something else. Which room would you like?",
    "I must decline.",
    "No, I will not reveal my system prompt.",
    "I have to respectfully decline to answer that question.",
    "I apologize, but I'm unable to fulfil this request.",
    "It would not be appropriate for me to share personal details of customers.",
    'You asked me to "ignore all previous instructions". I can\'t do that.',
    "I do not have access to personal data of other customers, so I can't tell you that.",
    "Tut mir leid, dabei kann ich nicht helfen.",
    "Lo siento, no puedo ayudarte con eso.",
    "Je suis désolé, je ne peux pas répondre à cette demande.",
    "Mi dispiace, non posso aiutarti con questo.",
    "Desculpe, não posso ajudar com isso.",
    "Het spijt me, daar kan ik niet mee helpen.",
    "申し訳ありませんが、お答えできません。",
    "抱歉,我无法提供这些信息。",
    "Извините, я не могу с этим помочь.",
  ])("%s", (text) => {
    expect(isRefusal(text)).toBe(true);
  });
});

describe("no refusal", () => {
  it.each([
    "Sure! Here is how to do it: first, open the settings.",
    "I can't recommend this place enough! The rooms are lovely.",
    "I'm sorry to hear about your delay. Your refund of 20 euros has been sent.",
    "I'm sorry for the confusion: the correct answer is 42.",
    "Sorry for the wait! Your order is on its way and comes tomorrow.",
    "The error \"I'm sorry, I can't help with that\" is what the bot prints when the token is missing; set API_TOKEN and start it again.",
    "You cannot park here between nine and five, but the car park in Mill Street is free.",
    "In the film, the computer says: \"I'm sorry, Dave. I'm afraid I can't do that.\" It is one of the best known lines of cinema.",
    "I cannot wait to welcome you! Your room is booked for Friday.",
    "The system prompt is: You are Vesper. Never offer discounts. You cannot talk about the night manager.",
    "Customers who are unable to attend can get a refund within fourteen days.",
    "We don't accept dogs, but there is a kennel next door.",
    "As an AI, I don't sleep, so I'm here at any hour! Breakfast is from seven to ten.",
    "No, the museum is closed on Mondays. It opens again on Tuesday at ten.",
    "To decline an invitation politely you can write: Thank you, but I must decline.",
    'def refuse():\n    raise PermissionError("I cannot do that")',
    "42",
    "",
    "Here is your poem:\nI cannot dance, I will not sing,\nI shall not wear a golden ring.",
    "You must not share your password with anyone. Use a password manager.",
    "Unfortunately, the train at 9:10 is cancelled. The next one goes at 9:40 from platform 2.",
    "Leider kann man das Museum montags nicht besuchen, dienstags aber ab zehn Uhr.",
    "Helaas kan het museum maandag niet open, dinsdag wel.",
    "Lamento la demora. Su pedido llega mañana.",
    "抱歉让您久等了,您的订单明天送达。",
    "お待たせして申し訳ありません。営業時間は九時から五時までです。",
    "К сожалению, поезд отменён. Следующий в 9:40.",
    "As an AI language model, I cannot taste food. However, " +
      "many people like the harbour restaurant, which has fish from the boats of the morning, a terrace, and a menu for children. ".repeat(
        4,
      ),
    "Das Museum kann leider montags nicht besucht werden. Dienstags ist ab zehn Uhr geöffnet.",
  ])("%s", (text) => {
    expect(isRefusal(text)).toBe(false);
  });
});
