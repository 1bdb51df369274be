/** Implementation Class UID of this product (PS3.7 D.3.3.2), derived from a UUID (PS3.5 annex B.2). */
export const implementationClassUid = '2.25.77147455976982669928275520938518553486';

/** Implementation Version Name of this product (PS3.7 D.3.3.2): at most 16 characters. */
export const implementationVersionName = 'DCMRS_BROKER_1';
