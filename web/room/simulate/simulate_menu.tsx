import { useState } from "preact/hooks";
import { usePage } from "../state/use_page.ts";
import { useSecondsLeft } from "../ui/use_seconds_left.ts";
import { faultWords } from "../words/fault_words.ts";
import type { Fault, Simulation } from "./simulator.ts";

const FAULTS = ["signaling", "media", "both"] as const;
const SECONDS = [3, 9, 20];

/** Makes the trouble that the rest of the page is there for. */
export function SimulateMenu(
  { simulation }: { simulation: Simulation | undefined },
) {
  // Kept here, so that it is still chosen when the simulation is over.
  const [fault, setFault] = useState<Fault>("signaling");
  return (
    <section class="simulate" aria-labelledby="simulate-title">
      <h3 id="simulate-title">Simulate</h3>
      {simulation === undefined
        ? <Choice fault={fault} onChange={setFault} />
        : <Running simulation={simulation} />}
    </section>
  );
}

type ChoiceProps = { fault: Fault; onChange: (fault: Fault) => void };

function Choice({ fault, onChange }: ChoiceProps) {
  const page = usePage();
  return (
    <>
      <div class="spans" role="group" aria-label="What to cut">
        {FAULTS.map((one) => (
          <button
            type="button"
            aria-pressed={one === fault}
            onClick={() => onChange(one)}
          >
            {faultWords[one].name}
          </button>
        ))}
      </div>
      <p>{faultWords[fault].explanation}</p>
      <div class="simulate-times">
        <span>Cut for</span>
        {SECONDS.map((seconds) => (
          <button
            type="button"
            class="secondary"
            aria-label={`Cut for ${seconds} s`}
            onClick={() => page.simulate(fault, seconds)}
          >
            {seconds} s
          </button>
        ))}
      </div>
    </>
  );
}

function Running({ simulation }: { simulation: Simulation }) {
  const page = usePage();
  const seconds = useSecondsLeft(simulation.until);
  return (
    <div class="simulate-running">
      <p>
        <strong>{faultWords[simulation.fault].active}</strong>, {seconds} s left
      </p>
      <button
        type="button"
        class="secondary"
        onClick={() => page.endSimulation()}
      >
        Stop
      </button>
    </div>
  );
}
