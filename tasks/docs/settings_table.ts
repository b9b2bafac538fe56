/** Prints the settings as a table for docs/settings.md. */
import { describeSettings, type SettingRow } from "../../settings/describe.ts";

export function settingsTable(): string {
  const rows = [
    ["setting", "default", "allowed", "what it is"],
    ["---", "---", "---", "---"],
    ...describeSettings().map(cells),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const code = (text: string) => `\`${text}\``;

const cells = ({ name, default: value, allowed, description }: SettingRow) =>
  [code(name), value === undefined ? "" : code(value), allowed, description]
    .map((cell) => cell.replaceAll("|", "\\|"));

if (import.meta.main) console.log(settingsTable());
