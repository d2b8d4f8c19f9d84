// Functions that call one another until one fails: a stack trace worth reading. In the minified
// scripts its frames have one-letter names and long columns; Sentry shows these lines instead.

interface Drawer {
  readonly label: string;
  readonly compartments: readonly (readonly string[])[];
}

const drawers: readonly Drawer[] = [{ label: "pins", compartments: [["red", "blue"], []] }];

export function openDrawer(label: string): string {
  const drawer = drawers.find((candidate) => candidate.label === label);
  if (drawer === undefined) {
    throw new RangeError(`there is no drawer labelled ${label}`);
  }
  return takeFromEach(drawer).join(", ");
}

function takeFromEach(drawer: Drawer): string[] {
  return drawer.compartments.map((compartment, index) => takeFirst(compartment, index));
}

function takeFirst(compartment: readonly string[], index: number): string {
  const [first] = compartment;
  if (first === undefined) {
    throw new RangeError(`compartment ${index + 1} of the drawer is empty`);
  }
  return first;
}
