import { useEffect, useRef, useState } from "preact/hooks";
import { LONGEST_MESSAGE } from "../call/chat.ts";
import type { ChatMessage } from "../state/state.ts";
import { usePage } from "../state/use_page.ts";
import { SendIcon } from "../ui/icons.tsx";
import { useFocus } from "../ui/use_focus.ts";
import { ChatText } from "./chat_text.tsx";
import { Panel } from "./panel.tsx";

export function ChatPanel({ messages }: { messages: ChatMessage[] }) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages]);
  return (
    <Panel title="Chat">
      <ol class="messages" ref={list} tabIndex={0} aria-label="Messages">
        {messages.length === 0 && (
          <li class="empty">
            Messages reach everyone in the room and are gone after the call.
          </li>
        )}
        {messages.map((message, index) => (
          <Message
            key={message.id}
            message={message}
            follows={messages[index - 1]?.from === message.from}
          />
        ))}
      </ol>
      <Composer />
    </Panel>
  );
}

/** `follows` another of the same person, which carries the name. */
function Message({ message, follows }: {
  message: ChatMessage;
  follows: boolean;
}) {
  const { from, text, isOwn, at } = message;
  const time = new Date(at);
  return (
    <li class="message" data-own={isOwn}>
      {!follows && (
        <p class="message-head">
          <strong>{from}</strong>{" "}
          <time dateTime={time.toISOString()}>{clock.format(time)}</time>
        </p>
      )}
      <p class="message-text">
        <ChatText text={text} />
      </p>
    </li>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function Composer() {
  const page = usePage();
  const input = useFocus<HTMLTextAreaElement>();
  const [text, setText] = useState("");
  const send = () => {
    if (text.trim() === "") return;
    void page.send(text.trim());
    setText("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        rows={1}
        maxLength={LONGEST_MESSAGE}
        placeholder="Write a message"
        aria-label="Message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) {
            return;
          }
          event.preventDefault();
          send();
        }}
      />
      <button
        type="submit"
        class="send"
        aria-label="Send"
        disabled={text.trim() === ""}
      >
        <SendIcon />
      </button>
    </form>
  );
}
