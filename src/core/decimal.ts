/**
 * Exact decimal arithmetic on JSON numbers. A grade of 0.1 is one tenth to everybody but binary floating point, and
 * 0.1 × 3 must be 0.3 in a gradebook. A number's shortest decimal form is taken as what was meant.
 */
interface Decimal {
  readonly digits: bigint;
  /** Power of ten that the digits are multiplied with. */
  readonly exponent: number;
}

/** More significant digits than a double can tell apart, so that rounding happens once, on the way back to a number. */
const QUOTIENT_DIGITS = 40;

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const point = mantissa.indexOf('.');
  const fraction = point < 0 ? 0 : mantissa.length - point - 1;
  return { digits: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction };
}

/**
 * `value × times ÷ by`, exact where the decimals allow, else the nearest number.
 *
 * @param by is not zero
 * @throws RangeError when `by` is zero
 * @example scaleExactly(0.96, 100, 12) // 8
 */
export function scaleExactly(value: number, times: number, by = 1): number {
  const [a, b, c] = [decimalOf(value), decimalOf(times), decimalOf(by)];
  const numerator = a.digits * b.digits * 10n ** BigInt(QUOTIENT_DIGITS);
  const quotient = roundedQuotient(numerator, c.digits);
  return Number(`${quotient}e${a.exponent + b.exponent - c.exponent - QUOTIENT_DIGITS}`);
}

function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  if (twice < size) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}
