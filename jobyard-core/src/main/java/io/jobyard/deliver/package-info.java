/** Jobs that go out: each is a signed POST to the URL of its queue. */
@NullMarked
package io.jobyard.deliver;

import org.jspecify.annotations.NullMarked;
