import { useEffect, useRef } from "preact/hooks";
import { Logo, WarningIcon } from "../room/ui/icons.tsx";
import { useDashboard } from "./state/use_dashboard.ts";

type Props = { notice: string | undefined; isBusy: boolean };

const isThisMachine = /^(localhost|\[::1\]|127\.[\d.]+)$/
  .test(location.hostname);

export function SignIn({ notice, isBusy }: Props) {
  const dashboard = useDashboard();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [notice]);
  const submit = (event: Event) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token === "") field.current?.focus();
    else if (!isBusy) void dashboard.signIn(token);
  };
  return (
    <div class="sign-in">
      <header class="brand">
        <Logo />
        <span>Holdfast operations</span>
      </header>
      <form noValidate onSubmit={submit}>
        <h1>Sign in</h1>
        <p class="lead">
          With an access token that has the grant{" "}
          <code>admin</code>. It stays in this tab, and goes when the tab is
          closed.
        </p>
        <label class="field">
          <span>Access token</span>
          <input
            ref={field}
            name="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            aria-invalid={notice !== undefined}
            aria-describedby="token-hint"
          />
        </label>
        <p class="hint" id="token-hint">
          Made by <code>deno task admin token make operator '*' --admin</code>
        </p>
        {notice !== undefined && (
          <div class="notice" role="alert">
            <WarningIcon />
            <p>{notice}</p>
          </div>
        )}
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
        {isThisMachine && (
          <button
            type="button"
            class="quiet"
            onClick={() => void dashboard.signInForDevelopment()}
          >
            Use a development token
          </button>
        )}
      </form>
    </div>
  );
}
