//! Natural numbers of up to 1,280 bits: the exact arithmetic behind reading and printing doubles with unusual exponents
//! (`number_parse.rs`, `number_format.rs`).
//!
//! Small functions with many callers are not inlined: a module is downloaded, stored and instantiated, so its size
//! counts.

use std::cmp::Ordering;

// The widest value needed is 2^53 · 10^324 · 10 (1,133 bits), while printing the smallest double.
const LIMB_COUNT: usize = 40;

/// A number; its limbs of 32 bits stand least significant first.
#[derive(Clone)]
pub struct BigNatural {
    limbs: [u32; LIMB_COUNT],
    /// Limbs in use: the top one is not 0, and zero has none.
    count: usize,
}

impl BigNatural {
    #[inline(never)]
    pub fn new(value: u64) -> BigNatural {
        let mut limbs = [0; LIMB_COUNT];
        limbs[0] = value as u32;
        limbs[1] = (value >> 32) as u32;
        let mut result = BigNatural { limbs, count: 2 };
        result.trim();
        result
    }

    pub fn is_zero(&self) -> bool {
        self.count == 0
    }

    /// How many bits the number has; 0 for zero.
    pub fn bit_length(&self) -> i32 {
        match self.limbs.get(self.count.wrapping_sub(1)) {
            Some(top) => self.count as i32 * 32 - top.leading_zeros() as i32,
            None => 0,
        }
    }

    /// self · factor
    #[inline(never)]
    pub fn multiply(&mut self, factor: u32) {
        let mut carry: u64 = 0;
        for limb in self.limbs.iter_mut().take(self.count) {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.push(carry as u32);
    }

    /// self · 5^power
    pub fn multiply_by_power_of_five(&mut self, power: i32) {
        for _ in 0..power {
            self.multiply(5);
        }
    }

    /// self · 10^power
    pub fn multiply_by_power_of_ten(&mut self, power: i32) {
        self.multiply_by_power_of_five(power);
        self.shift_left(power);
    }

    /// self · 2^bits
    #[inline(never)]
    pub fn shift_left(&mut self, bits: i32) {
        let mut rest = bits;
        while rest > 0 {
            let step = rest.min(31);
            self.multiply(1 << step);
            rest -= step;
        }
    }

    /// self + other
    pub fn add(&mut self, other: &BigNatural) {
        let mut carry: u64 = 0;
        self.count = self.count.max(other.count);
        for (limb, addend) in self.limbs.iter_mut().zip(&other.limbs).take(self.count) {
            carry += u64::from(*limb) + u64::from(*addend);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.push(carry as u32);
    }

    /// self − other, which must not be negative.
    #[inline(never)]
    pub fn subtract(&mut self, other: &BigNatural) {
        let mut borrow = false;
        for (limb, subtrahend) in self.limbs.iter_mut().zip(&other.limbs).take(self.count) {
            let (part, first) = limb.overflowing_sub(*subtrahend);
            let (part, second) = part.overflowing_sub(u32::from(borrow));
            *limb = part;
            borrow = first || second;
        }
        self.trim();
    }

    #[inline(never)]
    pub fn compare(&self, other: &BigNatural) -> Ordering {
        if self.count != other.count {
            return self.count.cmp(&other.count);
        }
        let limbs = self.limbs.iter().zip(&other.limbs).take(self.count);
        limbs
            .rev()
            .map(|(own, its)| own.cmp(its))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn push(&mut self, limb: u32) {
        if let Some(top) = self.limbs.get_mut(self.count).filter(|_| limb != 0) {
            *top = limb;
            self.count += 1;
        }
    }

    fn trim(&mut self) {
        while self.count > 0 && self.limbs.get(self.count - 1) == Some(&0) {
            self.count -= 1;
        }
    }
}
