import { useId } from 'preact/hooks';

interface Properties {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What is wrong with it; null where nothing is. */
  readonly fault?: string | null;
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly isLong?: boolean;
}

/** A text that is typed, with its label, and what is wrong with it. */
export function Field({ label, value, onValue, fault = null, hint, isRequired = false, isLong = false }: Properties) {
  const id = useId();
  const about = fault !== null || hint !== undefined ? { 'aria-describedby': `${id}-about` } : {};
  const given = {
    id,
    value,
    required: isRequired,
    'aria-invalid': fault !== null,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onValue(event.currentTarget.value),
    ...about,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {isLong ? <textarea rows={2} {...given} /> : <input type="text" autocomplete="off" {...given} />}
      {fault !== null ? (
        <p class="fault" id={`${id}-about`}>
          {fault}
        </p>
      ) : hint === undefined ? null : (
        <p class="hint" id={`${id}-about`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Puts the cursor into the first field of a form that is not right. */
export function focusFirstFault(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
