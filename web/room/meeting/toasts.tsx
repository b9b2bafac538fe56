import { useEffect } from "preact/hooks";
import type { Toast } from "../state/state.ts";
import { usePage } from "../state/use_page.ts";

const SHOWN_MS = 5_000;

/** Short news; screen readers get them elsewhere. */
export function Toasts({ toasts }: { toasts: Toast[] }) {
  return (
    <div class="toasts" aria-hidden="true">
      {toasts.map((toast) => <ToastLine key={toast.id} toast={toast} />)}
    </div>
  );
}

function ToastLine({ toast: { id, text, tone } }: { toast: Toast }) {
  const page = usePage();
  useEffect(() => {
    const timer = setTimeout(() => page.dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <p class="toast" data-tone={tone}>
      <span>{text}</span>
    </p>
  );
}
