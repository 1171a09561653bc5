//! The allocator of a workflow: free lists by size, over memory that grows at its end. Modules are 5.5 kB smaller than
//! with the standard library's allocator on `wasm32-unknown-unknown`; on WASI the C library brings its own in any case.
//!
//! Sizes are rounded up to a class, four classes per power of two, so at most a fifth of a block is wasted. A freed block
//! waits in the list of its class; blocks are neither split nor joined. A workflow does the same thing for each Event, so
//! the lists settle after a few of them. A workflow that wants another allocator builds without the feature `heap`.

use std::alloc::Layout;
use std::ptr;

/// Where memory comes from.
pub trait Pages {
    /// Grows the memory. Returns the address of the first new page; `None` when there is no more.
    fn grow(&mut self, pages: usize) -> Option<usize>;
}

pub const PAGE_BYTES: usize = 65_536;
// Every block begins and ends at a multiple of this.
const UNIT_BYTES: usize = 16;
// Enough for 4 GiB.
const CLASS_COUNT: usize = 108;

/// A freed block: the address of the next one in its list, or 0.
type FreeBlock = usize;

pub struct Heap<P> {
    pages: P,
    free: [FreeBlock; CLASS_COUNT],
    /// Where the memory begins that was never handed out.
    start: usize,
    end: usize,
}

/// The class of a size, and how many bytes a block of this class holds.
fn class_of(size: usize) -> (usize, usize) {
    let units = (size.max(1) - 1) / UNIT_BYTES;
    if units < 4 {
        return (units, (units + 1) * UNIT_BYTES);
    }
    let log = usize::BITS - 1 - units.leading_zeros();
    let step = log - 2;
    let class = (log as usize - 2) * 4 + (units >> step);
    (class, ((units >> step) + 1) << step << 4)
}

/// The size to ask for, so that a block can be moved to the alignment with its address in front.
fn padded_size(layout: Layout) -> usize {
    if layout.align() <= UNIT_BYTES {
        return layout.size();
    }
    layout.size().saturating_add(layout.align())
}

impl<P: Pages> Heap<P> {
    pub const fn new(pages: P) -> Heap<P> {
        Heap {
            pages,
            free: [0; CLASS_COUNT],
            start: 0,
            end: 0,
        }
    }

    /// The address of a block, or null when there is no more memory.
    pub fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let block = self.take(padded_size(layout));
        if layout.align() <= UNIT_BYTES || block == 0 {
            return block as *mut u8;
        }
        let aligned = (block + UNIT_BYTES + layout.align() - 1) & !(layout.align() - 1);
        // SAFETY: the unit in front of `aligned` is part of the block.
        unsafe { ((aligned - UNIT_BYTES) as *mut usize).write(block) };
        aligned as *mut u8
    }

    /// Takes back what `allocate` gave for this layout.
    ///
    /// # Safety
    ///
    /// The block is no longer in use.
    pub unsafe fn free(&mut self, address: *mut u8, layout: Layout) {
        let block = match layout.align() <= UNIT_BYTES {
            true => address as usize,
            false => ((address as usize - UNIT_BYTES) as *mut usize).read(),
        };
        let (class, _) = class_of(padded_size(layout));
        if let Some(head) = self.free.get_mut(class) {
            (block as *mut FreeBlock).write(*head);
            *head = block;
        }
    }

    /// Makes a block longer or shorter: in place within its class, otherwise by moving it. A block that changed its
    /// class in place would end up in the list of another class than it was taken from, and the lists would never
    /// settle.
    ///
    /// # Safety
    ///
    /// As for `free`, if the result is another address.
    pub unsafe fn reallocate(&mut self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= UNIT_BYTES && class_of(layout.size()) == class_of(size) {
            return address;
        }
        let moved = self.allocate(Layout::from_size_align_unchecked(size, layout.align()));
        if !moved.is_null() {
            ptr::copy_nonoverlapping(address, moved, layout.size().min(size));
            self.free(address, layout);
        }
        moved
    }

    /// The address of a block for `size` bytes; 0 when there is no more memory.
    fn take(&mut self, size: usize) -> usize {
        if size > isize::MAX as usize - 2 * PAGE_BYTES {
            return 0;
        }
        let (class, bytes) = class_of(size);
        if let Some(head) = self.free.get_mut(class).filter(|head| **head != 0) {
            let block = *head;
            // SAFETY: a block in the list holds the address of the next one.
            *head = unsafe { (block as *const FreeBlock).read() };
            return block;
        }
        if bytes > self.end - self.start && !self.grow(bytes) {
            return 0;
        }
        let block = self.start;
        self.start += bytes;
        block
    }

    /// Makes room for a block of this many bytes.
    fn grow(&mut self, bytes: usize) -> bool {
        let pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
        let first = match self.pages.grow(pages) {
            Some(first) => first,
            None => return false,
        };
        // Other code may have grown the memory in between; what is left before its pages then stays unused.
        if first != self.end {
            self.start = first;
        }
        self.end = first + pages * PAGE_BYTES;
        true
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown", feature = "heap"))]
mod global {
    use super::{Heap, Pages, PAGE_BYTES};
    use std::alloc::{GlobalAlloc, Layout};
    use std::cell::UnsafeCell;

    struct LinearMemory;

    impl Pages for LinearMemory {
        fn grow(&mut self, pages: usize) -> Option<usize> {
            match core::arch::wasm32::memory_grow(0, pages) {
                usize::MAX => None,
                before => Some(before * PAGE_BYTES),
            }
        }
    }

    struct Global(UnsafeCell<Heap<LinearMemory>>);

    // SAFETY: a workflow has one thread.
    unsafe impl Sync for Global {}

    // SAFETY: the heap hands out blocks that do not overlap, of the size and alignment of their layout.
    unsafe impl GlobalAlloc for Global {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            (*self.0.get()).allocate(layout)
        }

        unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
            (*self.0.get()).free(address, layout);
        }

        unsafe fn realloc(&self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            (*self.0.get()).reallocate(address, layout, size)
        }
    }

    #[global_allocator]
    static GLOBAL: Global = Global(UnsafeCell::new(Heap::new(LinearMemory)));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A memory of a few pages.
    struct Arena {
        memory: Vec<u128>,
        pages_used: usize,
    }

    impl Arena {
        fn heap(pages: usize) -> Heap<Arena> {
            Heap::new(Arena {
                memory: vec![0; pages * PAGE_BYTES / UNIT_BYTES],
                pages_used: 0,
            })
        }
    }

    impl Pages for Arena {
        fn grow(&mut self, pages: usize) -> Option<usize> {
            let start = self.pages_used * PAGE_BYTES;
            if start + pages * PAGE_BYTES > self.memory.len() * UNIT_BYTES {
                return None;
            }
            self.pages_used += pages;
            Some(self.memory.as_mut_ptr() as usize + start)
        }
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn a_class_holds_its_sizes_and_wastes_at_most_a_fifth() {
        let mut last = 0;
        for size in 1..100_000 {
            let (class, bytes) = class_of(size);
            assert!(bytes >= size && bytes % UNIT_BYTES == 0);
            assert!(size <= 64 || bytes - size <= bytes / 5, "{} in {}", size, bytes);
            assert!(class == last || class == last + 1);
            assert_eq!(class_of(bytes), (class, bytes));
            last = class;
        }
        assert!(class_of(u32::MAX as usize).0 < CLASS_COUNT);
    }

    #[test]
    fn blocks_never_overlap_and_keep_what_is_written() {
        let mut heap = Arena::heap(64);
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let mut random: u32 = 1;
        for step in 0..20_000_u32 {
            random = random.wrapping_mul(1664525).wrapping_add(1013904223);
            let size = (random >> 20) as usize % 900 + 1;
            let mark = step as u8;
            if blocks.len() < 60 {
                let layout = layout(size, 1 << (random >> 28 & 7));
                let block = heap.allocate(layout);
                assert!(!block.is_null());
                assert_eq!(block as usize % layout.align(), 0);
                unsafe { block.write_bytes(mark, size) };
                blocks.push((block, layout, mark));
                continue;
            }
            let (block, old, old_mark) = blocks.swap_remove(random as usize >> 8 & 31);
            let kept = |block: *mut u8, bytes| unsafe { std::slice::from_raw_parts(block, bytes) }.to_vec();
            assert_eq!(kept(block, old.size()), vec![old_mark; old.size()]);
            if step % 2 == 0 {
                unsafe { heap.free(block, old) };
            } else {
                let moved = unsafe { heap.reallocate(block, old, size) };
                assert_eq!(kept(moved, size.min(old.size())), vec![old_mark; size.min(old.size())]);
                unsafe { moved.write_bytes(mark, size) };
                blocks.push((moved, layout(size, old.align()), mark));
            }
        }
    }

    #[test]
    fn doing_the_same_again_takes_no_more_memory() {
        let mut heap = Arena::heap(64);
        let mut pages_used = Vec::new();
        for _ in 0..50 {
            let sizes = [12, 120, 7, 5000, 64, 33, 70_000];
            let blocks: Vec<_> = sizes
                .iter()
                .map(|&size| (heap.allocate(layout(size, 8)), size))
                .collect();
            for (block, size) in blocks {
                unsafe { heap.free(block, layout(size, 8)) };
            }
            pages_used.push(heap.pages.pages_used);
        }

        assert_eq!(pages_used.first(), pages_used.last());
    }

    #[test]
    fn growing_and_freeing_again_and_again_takes_no_more_memory() {
        let mut heap = Arena::heap(64);
        for _ in 0..100_000 {
            let block = heap.allocate(layout(32, 8));
            assert!(!block.is_null());
            let grown = unsafe { heap.reallocate(block, layout(32, 8), 64) };
            assert!(!grown.is_null());
            unsafe { heap.free(grown, layout(64, 8)) };
        }

        assert_eq!(heap.pages.pages_used, 1);
    }

    #[test]
    fn a_string_that_grows_for_each_event_takes_no_more_memory() {
        let mut heap = Arena::heap(64);
        for _ in 0..10_000 {
            let mut size = 8;
            let mut text = heap.allocate(layout(size, 1));
            while size < 1000 {
                text = unsafe { heap.reallocate(text, layout(size, 1), 2 * size) };
                assert!(!text.is_null());
                size *= 2;
            }
            unsafe { heap.free(text, layout(size, 1)) };
        }

        assert_eq!(heap.pages.pages_used, 1);
    }

    #[test]
    fn a_block_stays_where_it_stands_within_its_class() {
        let mut heap = Arena::heap(1);
        let block = heap.allocate(layout(33, 1));

        assert_eq!(unsafe { heap.reallocate(block, layout(33, 1), 48) }, block);
        assert_ne!(unsafe { heap.reallocate(block, layout(48, 1), 49) }, block);
    }

    #[test]
    fn no_more_memory_is_null() {
        let mut heap = Arena::heap(1);

        assert!(!heap.allocate(layout(60_000, 1)).is_null());
        assert!(heap.allocate(layout(60_000, 1)).is_null());
        assert!(heap.allocate(layout(isize::MAX as usize - 16, 16)).is_null());
    }
}
