/** "No" with a reason: the guest sees the sentinel of the call, and `slung.last_error` answers the message. */
export class HostRefusal extends Error {
  name = 'HostRefusal'
}
