//! How text crosses the border: as a Region, 12 bytes that hold an address, a capacity and a length.
//!
//! - guest → host: [`Lent`] borrows a text for one host call; the guest keeps ownership and the host copies.
//! - host → guest: the host fills a Region through `allocate`; [`Owned`] reads it and frees both blocks.
//!
//! In native tests the addresses are those of the test process, so a Region is wider there and the same code runs.

use std::alloc::{alloc, dealloc, Layout};
use std::marker::PhantomData;
use std::ops::Deref;

/// The three words at the address that crosses the border.
#[repr(C)]
pub struct Region {
    /// Address of the first byte.
    pub offset: usize,
    /// Bytes the block has room for.
    pub capacity: usize,
    /// Bytes in use, ≤ `capacity`.
    pub length: usize,
}

/// One piece of an `fd_write`.
#[repr(C)]
pub struct IoVector {
    pub address: *const u8,
    pub length: usize,
}

#[cfg(target_arch = "wasm32")]
const _: () = assert!(std::mem::size_of::<Region>() == 12);

// A block may become a Region or bytes; 8 suits both, and freeing must pass the same alignment as allocating.
const ALIGNMENT: usize = 8;

/// The layout of a block of `size` bytes; a size of 0 gets its own address, too.
fn block_layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.max(1), ALIGNMENT).ok()
}

/// Export: the address of `size` raw bytes (not of a Region), or 0 when the memory is exhausted.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub extern "C" fn allocate(size: usize) -> usize {
    match block_layout(size) {
        // SAFETY: the layout is never empty.
        Some(layout) => unsafe { alloc(layout) as usize },
        None => 0,
    }
}

/// Export: frees a Region that the host made with `allocate`, and the bytes it points at.
#[cfg(target_arch = "wasm32")]
#[no_mangle]
pub extern "C" fn deallocate(region: usize) {
    // SAFETY: by the contract of the export, the host passes a Region that it made and that was not taken.
    drop(unsafe { Owned::take(region) });
}

/// A text lent to the host for as long as this value lives. Bind it to a name: the host reads through its address.
pub struct Lent<'a> {
    region: Region,
    text: PhantomData<&'a [u8]>,
}

impl<'a> Lent<'a> {
    pub fn new(text: &'a [u8]) -> Lent<'a> {
        let (offset, length) = (text.as_ptr() as usize, text.len());
        Lent {
            region: Region {
                offset,
                capacity: length,
                length,
            },
            text: PhantomData,
        }
    }

    /// The address to pass. It holds until the value is moved or dropped.
    pub fn address(&self) -> usize {
        &self.region as *const Region as usize
    }
}

/// A Region the host made, with its bytes. Frees both when dropped.
pub struct Owned {
    region: *mut Region,
}

impl Owned {
    /// Takes over the Region at `address`; `None` for 0.
    ///
    /// # Safety
    ///
    /// `address` is 0, or a Region made of two blocks of `allocate` that have no other owner.
    pub unsafe fn take(address: usize) -> Option<Owned> {
        if address == 0 {
            return None;
        }
        Some(Owned {
            region: address as *mut Region,
        })
    }
}

impl Deref for Owned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the host wrote `length` bytes at `offset`, in a block this value owns.
        unsafe {
            let region = &*self.region;
            std::slice::from_raw_parts(region.offset as *const u8, region.length)
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: both blocks came from `allocate`, which made them with these layouts.
        unsafe {
            let Region { offset, capacity, .. } = self.region.read();
            free_block(offset as *mut u8, capacity);
            free_block(self.region as *mut u8, std::mem::size_of::<Region>());
        }
    }
}

unsafe fn free_block(address: *mut u8, size: usize) {
    if let Some(layout) = block_layout(size) {
        dealloc(address, layout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a host does to hand over bytes.
    fn give(bytes: &[u8]) -> usize {
        let address = allocate(bytes.len());
        let region = allocate(std::mem::size_of::<Region>()) as *mut Region;
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len());
            region.write(Region {
                offset: address,
                capacity: bytes.len(),
                length: bytes.len(),
            });
        }
        region as usize
    }

    #[test]
    fn a_lent_region_names_the_bytes_of_the_text() {
        let text = String::from("Zürich");

        let lent = Lent::new(text.as_bytes());

        let region = unsafe { &*(lent.address() as *const Region) };
        assert_eq!(region.offset, text.as_ptr() as usize);
        assert_eq!((region.capacity, region.length), (7, 7));
    }

    #[test]
    fn an_owned_region_reads_what_the_host_wrote() {
        let owned = unsafe { Owned::take(give(b"hot")) }.unwrap();

        assert_eq!(&*owned, b"hot");
    }

    #[test]
    fn an_empty_region_is_something_and_address_0_is_nothing() {
        let empty = unsafe { Owned::take(give(b"")) };

        assert_eq!(empty.as_deref(), Some(&b""[..]));
        assert!(unsafe { Owned::take(0) }.is_none());
    }

    #[test]
    fn blocks_are_aligned_for_a_region() {
        for size in [0, 1, 3, 12, 1000] {
            let block = allocate(size);
            assert_eq!(block % ALIGNMENT, 0);
            unsafe { free_block(block as *mut u8, size) };
        }
    }

    #[test]
    fn a_size_no_memory_has_is_answered_with_0() {
        assert_eq!(allocate(usize::MAX), 0);
    }
}
